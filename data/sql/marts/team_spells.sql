-- One row per person and stretch of days in one team, with the region of today.
--
-- starts_on, ends_on   half-open; the first stretch has no beginning, the last no end

select
    spells.rep,
    spells.team,
    coalesce(reps.region, '') as region,
    spells.starts_on,
    spells.ends_on,
    reps.active,
    reps.started_on,
    reps.weekly_hours
from stg_spells as spells
inner join stg_reps as reps
    on reps.rep = spells.rep
order by spells.rep, spells.starts_on
