-- One row per rep and segment with wins: how large they were.
--
-- deals          opportunities won on or before the as-of date with an amount above zero
-- amount         sum of their amounts (currency)
-- amount_sq      sum of the squares of their amounts
-- log_mean       mean of the natural logarithms of the amounts
-- log_m2         sum of the squared distances of the logarithms from log_mean

select
    deals.rep,
    reps.team,
    deals.product,
    deals.sector,
    deals.region,
    deals.source,
    deals.kind,
    deals.size_band,
    count(*) as deals,
    sum(deals.amount) as amount,
    sum(power(cast(deals.amount as double), 2)) as amount_sq,
    avg(ln(deals.amount)) as log_mean,
    count(*) * var_pop(ln(deals.amount)) as log_m2
from stg_opportunities as deals
inner join stg_reps as reps
    on reps.rep = deals.rep
where deals.outcome = 'won'
    and deals.amount > 0
group by
    deals.rep,
    reps.team,
    deals.product,
    deals.sector,
    deals.region,
    deals.source,
    deals.kind,
    deals.size_band
order by
    deals.rep, reps.team, deals.product, deals.sector, deals.region, deals.source, deals.kind,
    deals.size_band
