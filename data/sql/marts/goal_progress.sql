-- One row per unit (rep, team, company): its revenue target and what it won in the period.
-- People who left are listed where they had a target in it.
--
-- target   from the longest target periods that fit into the run's period and start in it
--          (a quarter: its quarter target, else the sum of its months); null without one
-- won      amount won in the period, up to and including the as-of date (currency)

with period_ranks as (
    select 'year' as period, 4 as rank
    union all
    select 'quarter', 3
    union all
    select 'month', 2
    union all
    select 'week', 1
),

fitting as (
    select
        targets.unit_kind,
        case when targets.unit_kind = 'company' then '' else coalesce(labels.rep, targets.unit) end
            as unit,
        period_ranks.rank,
        sum(targets.amount) as target
    from raw_targets as targets
    cross join run
    inner join period_ranks
        on period_ranks.period = targets.period
    inner join period_ranks as run_ranks
        on run_ranks.period = run.period_kind
    left join stg_owner_labels as labels
        on labels.label = targets.unit
        and targets.unit_kind = 'rep'
    where targets.kpi = 'revenue'
        and coalesce(targets.tier, 'base') = 'base'
        and targets.period_start >= run.period_start
        and targets.period_start < run.period_end
        and period_ranks.rank <= run_ranks.rank
    group by
        targets.unit_kind,
        case when targets.unit_kind = 'company' then '' else coalesce(labels.rep, targets.unit) end,
        period_ranks.rank
),

ranked as (
    select
        unit_kind,
        unit,
        target,
        row_number() over (partition by unit_kind, unit order by rank desc) as choice
    from fitting
),

won_deals as (
    select deals.rep, coalesce(reps.team, '') as team, deals.amount
    from stg_opportunities as deals
    cross join run
    left join stg_reps as reps
        on reps.rep = deals.rep
    where deals.outcome = 'won'
        and deals.closed_on >= run.period_start
        and deals.closed_on < run.period_end
),

won as (
    select 'rep' as unit_kind, rep as unit, sum(amount) as won, count(*) as deals
    from won_deals
    where rep is not null
    group by rep
    union all
    select 'team', team, sum(amount), count(*)
    from won_deals
    where team <> ''
    group by team
    union all
    select 'company', '', sum(amount), count(*)
    from won_deals
),

units as (
    select 'rep' as unit_kind, reps.rep as unit, reps.team
    from stg_reps as reps
    left join ranked
        on ranked.unit_kind = 'rep'
        and ranked.unit = reps.rep
        and ranked.choice = 1
    where reps.active
        or ranked.target is not null
    union
    select 'team', team, team from stg_reps where team <> ''
    union
    select 'company', '', ''
)

select
    units.unit_kind,
    units.unit,
    units.team,
    ranked.target,
    coalesce(won.won, 0) as won,
    coalesce(won.deals, 0) as deals
from units
left join ranked
    on ranked.unit_kind = units.unit_kind
    and ranked.unit = units.unit
    and ranked.choice = 1
left join won
    on won.unit_kind = units.unit_kind
    and won.unit = units.unit
order by units.unit_kind, units.unit
