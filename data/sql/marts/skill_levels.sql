-- One row per person and skill: the newest rating known on the as-of date.
--
-- level   1 beginner to 5 expert

with ranked as (
    select
        labels.rep,
        skills.skill,
        skills.level,
        row_number() over (
            partition by labels.rep, skills.skill
            order by skills.rated_on desc nulls last, skills.owner
        ) as age
    from raw_skills as skills
    cross join run
    inner join stg_owner_labels as labels
        on labels.label = skills.owner
    where skills.rated_on is null
        or skills.rated_on <= run.as_of
)

select rep, skill, level
from ranked
where age = 1
order by rep, skill
