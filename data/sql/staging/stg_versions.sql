-- One row per opportunity and export that tells of it, of those that may have changed.
--
-- version      1 is the oldest export that has it
-- outcome      won, lost, open or void, as that export said
-- rep          owner, by the label of the name; null where the export says nothing
-- amount       in the currency of the opportunity
-- close_date   actual close, else the expected one
--
-- What is in no other export than the largest cannot have changed, and most is not: it is left
-- out, which spares sorting everything there is.

with sizes as (
    select upload_id, count(*) as opportunities
    from said_opportunities
    group by upload_id
),

largest as (
    select max(upload_id) as upload_id
    from sizes
    where opportunities = (select max(opportunities) from sizes)
),

repeated as (
    select distinct said.opportunity_id
    from said_opportunities as said
    cross join largest
    where said.upload_id <> largest.upload_id
)

select
    said.opportunity_id,
    said.as_of,
    row_number() over (
        partition by said.opportunity_id order by said.as_of, said.upload_id
    ) as version,
    said.stage,
    said.outcome,
    coalesce(labels.rep, said.owner) as rep,
    said.amount,
    coalesce(said.closed_on, said.expected_on, said.close_date) as close_date
from said_opportunities as said
inner join repeated
    on repeated.opportunity_id = said.opportunity_id
left join stg_owner_labels as labels
    on labels.label = said.owner
cross join run
where said.as_of <= run.as_of
order by said.opportunity_id, version
