-- One row per change of an opportunity that shows between two exports.
--
-- field        stage, owner, amount or close_date
-- before       what the export of known_on said, as text
-- after        what the next export that says anything, of changed_by, said
-- difference   days by which the close date moved, or what the amount grew by; else null
--
-- An export that lacks the column, or has nothing in it, says nothing of the field.

-- Of each field the version before which says anything of it.
with lasting as (
    select
        *,
        max(case when stage is not null then version end) over earlier as stage_version,
        max(case when rep is not null then version end) over earlier as rep_version,
        max(case when amount is not null then version end) over earlier as amount_version,
        max(case when close_date is not null then version end) over earlier as day_version
    from stg_versions
    window earlier as (
        partition by opportunity_id order by version
        rows between unbounded preceding and 1 preceding
    )
)

select
    now.opportunity_id,
    'stage' as field,
    old.stage as before,
    now.stage as after,
    old.as_of as known_on,
    now.as_of as changed_by,
    cast(null as double) as difference
from lasting as now
inner join lasting as old
    on old.opportunity_id = now.opportunity_id
    and old.version = now.stage_version
    and old.stage <> now.stage

union all

select
    now.opportunity_id, 'owner', old.rep, now.rep, old.as_of, now.as_of, cast(null as double)
from lasting as now
inner join lasting as old
    on old.opportunity_id = now.opportunity_id
    and old.version = now.rep_version
    and old.rep <> now.rep

union all

select
    now.opportunity_id,
    'amount',
    cast(old.amount as varchar),
    cast(now.amount as varchar),
    old.as_of,
    now.as_of,
    cast(now.amount as double) - cast(old.amount as double)
from lasting as now
inner join lasting as old
    on old.opportunity_id = now.opportunity_id
    and old.version = now.amount_version
    and old.amount <> now.amount

union all

select
    now.opportunity_id,
    'close_date',
    cast(old.close_date as varchar),
    cast(now.close_date as varchar),
    old.as_of,
    now.as_of,
    date_diff('day', old.close_date, now.close_date)
from lasting as now
inner join lasting as old
    on old.opportunity_id = now.opportunity_id
    and old.version = now.day_version
    and old.close_date <> now.close_date
order by opportunity_id, changed_by, field
