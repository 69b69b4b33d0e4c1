-- One row per person, product, sector and region: closed opportunities.
--
-- trials   won or lost
-- wins     won

select
    rep,
    product,
    sector,
    region,
    count(*) as trials,
    sum(case when outcome = 'won' then 1 else 0 end) as wins
from stg_opportunities
where outcome in ('won', 'lost')
    and rep is not null
group by rep, product, sector, region
order by rep, product, sector, region
