-- One row per doubt and opportunity, with the facts to be mended in the CRM.
--
-- owner, stage, amount and dates   as the CRM has them

select
    doubts.doubt,
    deals.opportunity_id,
    deals.name,
    deals.owner,
    deals.stage,
    deals.outcome,
    deals.amount,
    deals.currency,
    deals.created_on,
    deals.close_date,
    deals.closed_on,
    deals.expected_on
from stg_quality as doubts
inner join raw_opportunities as deals
    on deals.opportunity_id = doubts.opportunity_id
order by doubts.doubt, deals.opportunity_id
