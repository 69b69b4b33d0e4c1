-- One row per thing that the data cannot tell at all, and what it is missed for.
--
-- no_activities         open opportunities, where no activity of anybody is known
-- no_lost               won opportunities, where not one was lost
-- no_history            opportunities, where a single export is known: every owner is the current one
-- left_owners_unknown   owners that are in no table of people: who left is not known
-- duplicates_refused    rows refused because their file had their key twice

with standing as (
    select *
    from uploads
    where undone_at is null
),

spots as (
    select 'no_activities' as fact, count(*) as times
    from stg_opportunities
    where outcome = 'open'
        and (select count(*) from raw_activities) = 0

    union all

    select 'no_lost', count(case when outcome = 'won' then 1 end)
    from stg_opportunities
    having count(case when outcome = 'lost' then 1 end) = 0

    union all

    select 'no_history', count(*)
    from stg_opportunities
    where (
        select count(distinct as_of)
        from standing
        where entity = 'opportunities'
    ) < 2

    union all

    select 'left_owners_unknown', count(*)
    from stg_reps
    where not listed

    union all

    select 'duplicates_refused', count(*)
    from rejections
    inner join standing
        on standing.upload_id = rejections.upload_id
    where rejections.rule = 'duplicate_in_file'
)

select fact, times
from spots
where times > 0
order by fact
