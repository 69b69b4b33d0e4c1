-- One row per person: everybody of the reps table, and owners known only from opportunities.
--
-- listed   in the reps table
-- team     team, or manager where there is no team; empty where neither is known

with owners as (
    select distinct rep
    from stg_opportunities
    where rep is not null
)

select
    people.rep,
    coalesce(people.team, '') as team,
    people.region,
    people.active,
    people.weekly_hours,
    people.started_on,
    true as listed
from stg_people as people

union all

select
    owners.rep,
    '' as team,
    null as region,
    true as active,
    null as weekly_hours,
    cast(null as date) as started_on,
    false as listed
from owners
left join stg_people as people
    on people.rep = owners.rep
where people.rep is null
order by rep
