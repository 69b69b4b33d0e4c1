-- One row: the currency of most opportunities, in which amounts are; null where none is given.

with ranked as (
    select
        currency,
        row_number() over (order by count(*) desc, currency) as choice
    from raw_opportunities
    where currency is not null
    group by currency
)

select max(currency) as currency
from ranked
where choice = 1
