-- One row per opportunity: what a forecast learns from, in numbers.
--
-- rep_no      place of the owner among all people by name, from 1; null where nobody owns it
-- product_no  place of the product among all products by name, from 1; null where none is known
-- created     day it was created, counted from 2000-01-01
-- closed      day it was won or lost, counted so; null while open
-- won         1 won, 0 lost, null while open
-- amount      currency; null where there is none
--
-- Without a day of creation, closed without a day, or closed before it was created: left out.

with people as (
    select rep, row_number() over (order by rep) as rep_no
    from stg_reps
),

products as (
    select product, row_number() over (order by product) as product_no
    from (
        select distinct product
        from stg_opportunities
        where product is not null
    ) as named
)

select
    cast(people.rep_no as integer) as rep_no,
    cast(products.product_no as integer) as product_no,
    cast(date_diff('day', cast('2000-01-01' as date), deals.created_on) as integer) as created,
    cast(date_diff('day', cast('2000-01-01' as date), deals.closed_on) as integer) as closed,
    case deals.outcome when 'won' then 1 when 'lost' then 0 end as won,
    cast(deals.amount as double) as amount
from stg_opportunities as deals
left join people
    on people.rep = deals.rep
left join products
    on products.product = deals.product
where deals.created_on is not null
    and (deals.outcome = 'open' or deals.closed_on >= deals.created_on)
