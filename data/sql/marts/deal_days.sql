-- One row per opportunity: what a forecast learns from, in numbers.
--
-- rep_no      place of the owner among all people by name, from 1; 0 where nobody owns it
-- product_no  place in stg_products; 0 where no product is known
-- created     day it was created, counted from 2000-01-01
-- closed      day it was won or lost, counted so; 2147483647 while open
-- due         day it was last said to close on, counted so; 2147483647 where nobody said so
-- won         1 won, else 0
-- amount      currency; 0 where there is none
--
-- One that is said to have ended before it began, or of which no beginning is known, has
-- created > closed: it counts in sums, and nothing is learnt from it. Left out are those closed
-- without a day, and open ones without a day of creation.

with people as (
    select rep, row_number() over (order by rep) as rep_no
    from stg_reps
)

select
    cast(coalesce(people.rep_no, 0) as integer) as rep_no,
    cast(coalesce(products.product_no, 0) as integer) as product_no,
    cast(
        coalesce(
            date_diff('day', cast('2000-01-01' as date), deals.created_on),
            date_diff('day', cast('2000-01-01' as date), deals.closed_on) + 1
        ) as integer
    ) as created,
    cast(
        coalesce(date_diff('day', cast('2000-01-01' as date), deals.closed_on), 2147483647)
        as integer
    ) as closed,
    cast(
        coalesce(
            date_diff(
                'day', cast('2000-01-01' as date), coalesce(deals.planned_on, deals.expected_on)
            ),
            2147483647
        ) as integer
    ) as due,
    cast(case when deals.outcome = 'won' then 1 else 0 end as integer) as won,
    cast(coalesce(deals.amount, 0) as double) as amount
from stg_opportunities as deals
left join people
    on people.rep = deals.rep
left join stg_products as products
    on products.product = deals.product
where deals.closed_on is not null
    or (deals.outcome = 'open' and deals.created_on is not null)
