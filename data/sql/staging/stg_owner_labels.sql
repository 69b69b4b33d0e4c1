-- One row per label by which a record may name a person: alias, id, name, mail address.
--
-- A name that two people share is no label: nobody can tell who is meant.

with candidates as (
    select
        aliases.alias as label,
        coalesce(people.rep, aliases.canonical) as rep,
        0 as rank
    from aliases
    left join stg_people as people
        on people.name = aliases.canonical
    where aliases.kind = 'owner'
        and aliases.decided = 'merge'
    union all
    select rep_id, rep, 1 from stg_people
    union all
    select name, rep, 2 from stg_people where rep = name
    union all
    select email, rep, 3 from stg_people
),

ranked as (
    select
        label,
        rep,
        row_number() over (partition by label order by rank, rep) as choice
    from candidates
    where label is not null
)

select label, rep
from ranked
where choice = 1
order by label
