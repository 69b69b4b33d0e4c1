-- One row per opportunity that a follow-up is about.
--
-- outcome      open, won or lost
-- amount       currency; null where there is none
-- expected_on  while open
-- closed_on    when it was won or lost

with followed as (
    select distinct substring(subject, 29) as opportunity_id
    from journal
    where kind = 'follow_up'
        and substring(subject, 17, 12) = 'opportunity '
)

select
    deals.opportunity_id,
    deals.name,
    deals.rep,
    deals.outcome,
    deals.stage,
    cast(deals.amount as double) as amount,
    deals.created_on,
    deals.expected_on,
    deals.closed_on
from stg_opportunities as deals
inner join followed
    on followed.opportunity_id = deals.opportunity_id
order by deals.opportunity_id
