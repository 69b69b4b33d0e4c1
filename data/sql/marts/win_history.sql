-- One row per rep, segment, month of engagement and month of closing: closed opportunities and wins.
--
-- trials         won + lost, closed on or before the as-of date
-- engaged_month  first day of the month in which the opportunity was created
-- closed_month   first day of the month in which it was won or lost, null where the CRM does not
--                say. It tells what was known on a past day, and is no attribute: it is not known
--                before the outcome is.

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
    cast(date_trunc('month', deals.closed_on) as date) as closed_month,
    sum(case when deals.outcome = 'won' then 1 else 0 end) as wins,
    count(*) as trials
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
    cast(date_trunc('month', deals.created_on) as date),
    cast(date_trunc('month', deals.closed_on) as date)
order by
    deals.rep, reps.team, deals.product, deals.sector, deals.region, deals.source, deals.kind,
    deals.size_band, engaged_month, closed_month
