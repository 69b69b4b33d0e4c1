-- One row per open opportunity and person who owned it before its present owner.
--
-- Exports hold only the owner of their day, so this is what several exports of the same
-- opportunities tell, and empty after the first.
--
-- nth   1 for the one who owned it last before the present owner, 2 for the one before, ...

with former as (
    select
        changes.opportunity_id as item,
        changes.before as rep,
        max(changes.changed_by) as until
    from stg_changes as changes
    inner join stg_opportunities as deals
        on deals.opportunity_id = changes.opportunity_id
    where changes.field = 'owner'
        and deals.outcome = 'open'
        and (deals.rep is null or changes.before <> deals.rep)
    group by changes.opportunity_id, changes.before
)

select
    item,
    rep,
    row_number() over (partition by item order by until desc, rep) as nth
from former
order by item, nth
