-- One row per person and stretch of days in one team, as the tables of people of several uploads
-- tell it.
--
-- team                 a table that says no team of somebody leaves them where they were
-- starts_on, ends_on   half-open; the first stretch has no beginning, the last no end

with said as (
    select
        labels.rep,
        coalesce(people.team, people.manager) as team,
        people.as_of,
        people.upload_id,
        lag(coalesce(people.team, people.manager)) over (
            partition by labels.rep order by people.as_of, people.upload_id
        ) as team_before
    from said_reps as people
    cross join run
    inner join stg_owner_labels as labels
        on labels.label = people.rep_id
    where people.as_of <= run.as_of
        and coalesce(people.team, people.manager) is not null
),

entered as (
    select
        rep,
        team,
        case when team_before is null then cast('1900-01-01' as date) else as_of end as starts_on,
        upload_id
    from said
    where team_before is null
        or team <> team_before
),

bounded as (
    select
        rep,
        team,
        starts_on,
        lead(starts_on) over (partition by rep order by starts_on, upload_id) as next_on
    from entered
)

select
    reps.rep,
    coalesce(bounded.team, reps.team) as team,
    coalesce(bounded.starts_on, cast('1900-01-01' as date)) as starts_on,
    coalesce(bounded.next_on, cast('9999-12-31' as date)) as ends_on
from stg_reps as reps
left join bounded
    on bounded.rep = reps.rep
    and (bounded.next_on is null or bounded.next_on > bounded.starts_on)
order by reps.rep, starts_on
