-- One row per product that opportunities name, by the name that counts, with its place by name.
--
-- product_no   from 1

with named as (
    select distinct coalesce(aliases.canonical, deals.product) as product
    from (
        select distinct product
        from raw_opportunities
        where product is not null
    ) as deals
    left join aliases
        on aliases.alias = deals.product
        and aliases.kind = 'product'
        and aliases.decided = 'merge'
)

select
    product,
    cast(row_number() over (order by product) as integer) as product_no
from named
order by product_no
