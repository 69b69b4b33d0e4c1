-- One row per open opportunity.
--
-- value        what it would bring if won (currency): its amount; where the CRM has none, the
--              average won amount of its product, then the list price, then the average of all
-- value_from   amount, product_average, list_price, average or nothing
-- customer     the account has bought within the year before the as-of date
-- age_days     days since it was created

with won as (
    select account_id, product, amount, closed_on
    from stg_opportunities
    where outcome = 'won'
        and amount > 0
),

product_average as (
    select product, avg(amount) as amount
    from won
    where product is not null
    group by product
),

overall as (
    select avg(amount) as amount from won
),

customers as (
    select distinct won.account_id
    from won
    cross join run
    where won.closed_on >= run.as_of - interval '365' day
)

select
    deals.opportunity_id,
    deals.name,
    deals.rep,
    reps.team,
    reps.active as rep_active,
    deals.account_id,
    deals.account,
    deals.product,
    deals.sector,
    deals.region,
    deals.source,
    deals.kind,
    deals.size_band,
    deals.stage,
    deals.currency,
    coalesce(
        case when deals.amount > 0 then deals.amount end,
        product_average.amount, deals.list_price, overall.amount, 0
    ) as value,
    case
        when deals.amount > 0 then 'amount'
        when product_average.amount is not null then 'product_average'
        when deals.list_price is not null then 'list_price'
        when overall.amount is not null then 'average'
        else 'nothing'
    end as value_from,
    customers.account_id is not null as customer,
    deals.created_on,
    deals.expected_on,
    date_diff('day', deals.created_on, run.as_of) as age_days,
    deals.next_step
from stg_opportunities as deals
cross join run
cross join overall
left join stg_reps as reps
    on reps.rep = deals.rep
left join product_average
    on product_average.product = deals.product
left join customers
    on customers.account_id = deals.account_id
where deals.outcome = 'open'
order by deals.opportunity_id
