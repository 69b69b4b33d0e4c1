-- One row per person who may own work, with what a CRM may want to call him by.
--
-- rep         name used everywhere else
-- name        name in the CRM
-- user_id     id in the CRM; null where only a name is known
-- email       mail address; null where none is known
-- active      still working on the as-of date
-- namesakes   people of the same name, himself included

with seen as (
    select
        deals.rep,
        max(case when said.owner_id <> said.owner then said.owner_id end) as user_id,
        max(said.owner_email) as email
    from raw_opportunities as said
    inner join stg_opportunities as deals
        on deals.opportunity_id = said.opportunity_id
    group by deals.rep
)

select
    reps.rep,
    coalesce(people.name, reps.rep) as name,
    coalesce(case when people.rep_id <> people.name then people.rep_id end, seen.user_id)
        as user_id,
    coalesce(people.email, seen.email) as email,
    reps.active,
    count(*) over (partition by coalesce(people.name, reps.rep)) as namesakes
from stg_reps as reps
left join stg_people as people
    on people.rep = reps.rep
left join seen
    on seen.rep = reps.rep
order by reps.rep
