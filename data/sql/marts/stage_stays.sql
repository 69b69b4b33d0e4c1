-- One row per open opportunity that an export shows, as long as what it says is the newest word.
--
-- stage        as that export said
-- product_no   place in stg_products; 0 where no product is known
-- created      day it was created; seen: day of the export; until: day of the next export that
--              has it, of its end, or the as-of date (days counted from 2000-01-01)
-- won          1 won on that day, 0 lost on it, null otherwise

with shown as (
    select
        opportunities.opportunity_id,
        opportunities.stage,
        opportunities.outcome,
        opportunities.as_of as seen,
        lead(opportunities.as_of) over (
            partition by opportunities.opportunity_id
            order by opportunities.as_of, opportunities.upload_id
        ) as next_seen
    from said_opportunities as opportunities
    cross join run
    where opportunities.as_of < run.as_of
),

stays as (
    select
        shown.opportunity_id,
        shown.stage,
        products.product_no,
        deals.created_on,
        shown.seen,
        least(
            coalesce(shown.next_seen, run.as_of),
            coalesce(deals.closed_on, run.as_of)
        ) as until,
        case
            when deals.closed_on is null then null
            when deals.closed_on > coalesce(shown.next_seen, run.as_of) then null
            when deals.outcome = 'won' then 1
            else 0
        end as won
    from shown
    cross join run
    inner join stg_opportunities as deals
        on deals.opportunity_id = shown.opportunity_id
    left join stg_products as products
        on products.product = deals.product
    where shown.outcome = 'open'
        and deals.created_on is not null
        and deals.created_on <= shown.seen
)

select
    opportunity_id,
    stage,
    coalesce(product_no, 0) as product_no,
    cast(date_diff('day', cast('2000-01-01' as date), created_on) as integer) as created,
    cast(date_diff('day', cast('2000-01-01' as date), seen) as integer) as seen,
    cast(date_diff('day', cast('2000-01-01' as date), until) as integer) as until,
    won
from stays
where until > seen
order by opportunity_id, seen
