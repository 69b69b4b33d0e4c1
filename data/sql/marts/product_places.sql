-- One row per product that opportunities name, with its number in deal_days, from 1.

select product, product_no
from stg_products
order by product_no
