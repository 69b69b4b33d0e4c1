-- One row per change of an opportunity that shows between two exports (see stg_changes).
--
-- rep   owner on the as-of date

select
    changes.opportunity_id,
    deals.name,
    deals.rep,
    changes.field,
    changes.before,
    changes.after,
    changes.known_on,
    changes.changed_by,
    changes.difference
from stg_changes as changes
inner join stg_opportunities as deals
    on deals.opportunity_id = changes.opportunity_id
order by changes.changed_by desc, changes.opportunity_id, changes.field
