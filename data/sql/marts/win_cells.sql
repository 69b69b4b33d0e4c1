-- One row per rep, segment and month of engagement: closed opportunities and wins.
--
-- trials         won + lost, closed on or before the as-of date
-- won_amount     amount of the wins (currency)
-- engaged_month  first day of the month in which the opportunity was created. The month of
--                closing would leak the outcome and is no attribute.

select
    deals.rep,
    reps.team,
    deals.product,
    deals.sector,
    deals.region,
    deals.source,
    deals.kind,
    deals.size_band,
    cast(date_trunc('month', deals.created_on) as date) as engaged_month,
    sum(case when deals.outcome = 'won' then 1 else 0 end) as wins,
    count(*) as trials,
    sum(case when deals.outcome = 'won' then deals.amount else 0 end) as won_amount
from stg_opportunities as deals
inner join stg_reps as reps
    on reps.rep = deals.rep
where deals.outcome in ('won', 'lost')
group by
    deals.rep,
    reps.team,
    deals.product,
    deals.sector,
    deals.region,
    deals.source,
    deals.kind,
    deals.size_band,
    cast(date_trunc('month', deals.created_on) as date)
order by
    deals.rep, reps.team, deals.product, deals.sector, deals.region, deals.source, deals.kind,
    deals.size_band, engaged_month
