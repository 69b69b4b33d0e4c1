-- One row per opportunity that was won in the period, up to and including the as-of date.
--
-- rep, team   who owned it, and the team they were in on the day of the win; empty: nobody

select
    deals.opportunity_id,
    deals.name,
    deals.account,
    coalesce(deals.rep, '') as rep,
    coalesce(spells.team, '') as team,
    deals.closed_on,
    cast(coalesce(deals.amount, 0) as double) as amount
from stg_opportunities as deals
cross join run
left join stg_spells as spells
    on spells.rep = deals.rep
    and spells.starts_on <= deals.closed_on
    and spells.ends_on > deals.closed_on
where deals.outcome = 'won'
    and deals.closed_on >= run.period_start
    and deals.closed_on < run.period_end
order by deals.amount desc, deals.opportunity_id
