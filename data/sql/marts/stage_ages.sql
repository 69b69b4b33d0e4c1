-- One row per stage and age that closed opportunities had when they left it.
--
-- stage      as an export showed it while they were open; empty: of all, when they closed
-- age_days   days since creation: at the close, or, if that was before, at the export that shows
--            they had left the stage
-- deals      how many opportunities

with closed as (
    select opportunity_id, created_on, closed_on
    from stg_opportunities
    where outcome in ('won', 'lost')
        and created_on <= closed_on
),

left_stage as (
    select
        changes.opportunity_id,
        changes.before as stage,
        max(
            date_diff('day', closed.created_on, least(changes.changed_by, closed.closed_on))
        ) as age_days
    from stg_changes as changes
    inner join closed
        on closed.opportunity_id = changes.opportunity_id
    where changes.field = 'stage'
        and changes.known_on >= closed.created_on
        and changes.known_on < closed.closed_on
    group by changes.opportunity_id, changes.before
)

select '' as stage, date_diff('day', created_on, closed_on) as age_days, count(*) as deals
from closed
group by date_diff('day', created_on, closed_on)

union all

select stage, age_days, count(*)
from left_stage
group by stage, age_days
order by stage, age_days
