-- One row per team and month in which an opportunity was created or closed.
--
-- month        first day of the month
-- created      opportunities created in it
-- won, lost    opportunities closed in it
-- won_amount   amount of the wins (currency)

with events as (
    select
        rep, cast(date_trunc('month', created_on) as date) as month,
        1 as created, 0 as won, 0 as lost, 0 as amount
    from stg_opportunities
    where created_on is not null
    union all
    select
        rep, cast(date_trunc('month', closed_on) as date),
        0,
        case when outcome = 'won' then 1 else 0 end,
        case when outcome = 'lost' then 1 else 0 end,
        case when outcome = 'won' then amount else 0 end
    from stg_opportunities
    where closed_on is not null
)

select
    coalesce(reps.team, '') as team,
    events.month,
    sum(events.created) as created,
    sum(events.won) as won,
    sum(events.lost) as lost,
    sum(events.amount) as won_amount
from events
left join stg_reps as reps
    on reps.rep = events.rep
group by coalesce(reps.team, ''), events.month
order by team, events.month
