-- One row per person: closed opportunities, wins and open work.
--
-- wins, trials   all time, up to and including the as-of date
-- won_amount     amount won in the run's period (currency)
-- open_count     open opportunities on the as-of date
-- away           on leave on the as-of date or about to be, within two days

with away as (
    select distinct labels.rep
    from raw_leave as leave
    cross join run
    inner join stg_owner_labels as labels
        on labels.label = leave.owner
    where leave.starts_on <= run.as_of + interval '2' day
        and leave.ends_on >= run.as_of
)

select
    reps.rep,
    reps.team,
    reps.region,
    reps.active,
    reps.listed,
    reps.weekly_hours,
    reps.started_on,
    away.rep is not null as away,
    sum(case when deals.outcome = 'won' then 1 else 0 end) as wins,
    sum(case when deals.outcome in ('won', 'lost') then 1 else 0 end) as trials,
    sum(
        case
            when deals.outcome = 'won'
                and deals.closed_on >= run.period_start
                and deals.closed_on < run.period_end
                then deals.amount
            else 0
        end
    ) as won_amount,
    sum(case when deals.outcome = 'open' then 1 else 0 end) as open_count
from stg_reps as reps
cross join run
left join stg_opportunities as deals
    on deals.rep = reps.rep
left join away
    on away.rep = reps.rep
group by
    reps.rep, reps.team, reps.region, reps.active, reps.listed, reps.weekly_hours,
    reps.started_on, away.rep
order by reps.rep
