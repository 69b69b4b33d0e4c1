-- One row per closed opportunity and stage in which an export showed it while it was open.
--
-- Exports hold only the stage of their day, so this is what several exports of the same
-- opportunities tell, and empty after the first.
--
-- stage     as that export said
-- age_days  days from creation to the newest export that shows it in the stage
-- won       1 if it was won in the end, else 0

select
    deals.opportunity_id,
    changes.before as stage,
    deals.rep,
    reps.team,
    deals.product,
    deals.sector,
    deals.region,
    deals.source,
    deals.kind,
    deals.size_band,
    cast(date_trunc('month', deals.created_on) as date) as engaged_month,
    max(date_diff('day', deals.created_on, changes.known_on)) as age_days,
    case when deals.outcome = 'won' then 1 else 0 end as won
from stg_changes as changes
inner join stg_opportunities as deals
    on deals.opportunity_id = changes.opportunity_id
inner join stg_reps as reps
    on reps.rep = deals.rep
where changes.field = 'stage'
    and deals.outcome in ('won', 'lost')
    and changes.known_on >= deals.created_on
    and changes.known_on < deals.closed_on
group by
    deals.opportunity_id,
    changes.before,
    deals.rep,
    reps.team,
    deals.product,
    deals.sector,
    deals.region,
    deals.source,
    deals.kind,
    deals.size_band,
    deals.created_on,
    deals.outcome
order by deals.opportunity_id, stage
