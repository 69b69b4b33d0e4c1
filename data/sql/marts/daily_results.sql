-- One row per rep and day on which something happened that a goal may count.
--
-- rep, team          owner, empty where nobody owns it, and the team they were in that day
-- won, won_amount    opportunities won, and their amount (currency)
-- lost               opportunities lost
-- created, pipeline  opportunities created, and their amount (currency)
-- new_accounts       accounts that bought for the first time, by who won that
-- activities         calls, mails, meetings and visits

with first_wins as (
    select account_id, min(closed_on) as day
    from stg_opportunities
    where outcome = 'won'
        and account_id is not null
        and closed_on is not null
    group by account_id
),

-- Of two wins of a new account on one day one counts.
newcomers as (
    select first_wins.day, first_wins.account_id, min(deals.rep) as rep
    from first_wins
    inner join stg_opportunities as deals
        on deals.account_id = first_wins.account_id
        and deals.closed_on = first_wins.day
        and deals.outcome = 'won'
    group by first_wins.day, first_wins.account_id
),

events as (
    select
        rep, closed_on as day,
        sum(case when outcome = 'won' then 1 else 0 end) as won,
        sum(case when outcome = 'won' then amount else 0 end) as won_amount,
        sum(case when outcome = 'lost' then 1 else 0 end) as lost,
        0 as created, 0 as pipeline, 0 as new_accounts, 0 as activities
    from stg_opportunities
    where closed_on is not null
    group by rep, closed_on

    union all

    select rep, created_on, 0, 0, 0, count(*), sum(amount), 0, 0
    from stg_opportunities
    where created_on is not null
    group by rep, created_on

    union all

    select rep, day, 0, 0, 0, 0, 0, count(*), 0
    from newcomers
    group by rep, day

    union all

    select coalesce(labels.rep, activities.owner), activities.happened_on, 0, 0, 0, 0, 0, 0, count(*)
    from raw_activities as activities
    cross join run
    left join stg_owner_labels as labels
        on labels.label = activities.owner
    where activities.happened_on <= run.as_of
    group by coalesce(labels.rep, activities.owner), activities.happened_on
)

select
    coalesce(events.rep, '') as rep,
    coalesce(spells.team, '') as team,
    events.day,
    sum(events.won) as won,
    cast(coalesce(sum(events.won_amount), 0) as double) as won_amount,
    sum(events.lost) as lost,
    sum(events.created) as created,
    cast(coalesce(sum(events.pipeline), 0) as double) as pipeline,
    sum(events.new_accounts) as new_accounts,
    sum(events.activities) as activities
from events
left join stg_spells as spells
    on spells.rep = events.rep
    and spells.starts_on <= events.day
    and spells.ends_on > events.day
group by coalesce(events.rep, ''), coalesce(spells.team, ''), events.day
order by rep, day, team
