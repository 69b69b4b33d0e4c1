-- One row per change of an opportunity that shows between two exports.
--
-- field        stage, owner, amount or close_date
-- before       what the export of known_on said, as text
-- after        what the next export that says anything, of changed_by, said
-- difference   days by which the close date moved, or what the amount grew by; else null
--
-- An export that lacks the column, or has nothing in it, says nothing of the field.

with said as (
    select
        opportunities.opportunity_id,
        opportunities.as_of,
        opportunities.upload_id,
        opportunities.stage,
        coalesce(labels.rep, opportunities.owner) as rep,
        opportunities.amount,
        coalesce(opportunities.closed_on, opportunities.expected_on, opportunities.close_date)
            as close_date
    from said_opportunities as opportunities
    left join stg_owner_labels as labels
        on labels.label = opportunities.owner
    cross join run
    where opportunities.as_of <= run.as_of
),

facts as (
    select
        opportunity_id, as_of, upload_id, 'stage' as field, stage as value,
        cast(null as double) as size, cast(null as date) as day
    from said
    union all
    select
        opportunity_id, as_of, upload_id, 'owner', rep, cast(null as double), cast(null as date)
    from said
    union all
    select
        opportunity_id, as_of, upload_id, 'amount', cast(amount as varchar),
        cast(amount as double), cast(null as date)
    from said
    union all
    select
        opportunity_id, as_of, upload_id, 'close_date', cast(close_date as varchar),
        cast(null as double), close_date
    from said
),

paired as (
    select
        opportunity_id,
        field,
        value as after,
        as_of as changed_by,
        size,
        day,
        lag(value) over (
            partition by opportunity_id, field order by as_of, upload_id
        ) as before,
        lag(as_of) over (
            partition by opportunity_id, field order by as_of, upload_id
        ) as known_on,
        lag(size) over (
            partition by opportunity_id, field order by as_of, upload_id
        ) as size_before,
        lag(day) over (
            partition by opportunity_id, field order by as_of, upload_id
        ) as day_before
    from facts
    where value is not null
)

select
    opportunity_id,
    field,
    before,
    after,
    known_on,
    changed_by,
    case
        when field = 'close_date' then date_diff('day', day_before, day)
        when field = 'amount' then size - size_before
    end as difference
from paired
where before <> after
order by opportunity_id, changed_by, field
