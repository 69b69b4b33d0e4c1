-- One row per person of the reps table.
--
-- rep      name used everywhere else; with the id behind it where two people share a name
-- active   still working on the as-of date

with named as (
    select
        *,
        count(*) over (partition by name) as namesakes
    from raw_reps
)

select
    named.rep_id,
    case when namesakes = 1 then name else name || ' (' || rep_id || ')' end as rep,
    name,
    email,
    coalesce(team, manager) as team,
    region,
    weekly_hours,
    started_on,
    case
        when left_on <= run.as_of then false
        when left_on > run.as_of then true
        else coalesce(active, true)
    end as active
from named
cross join run
order by rep_id
