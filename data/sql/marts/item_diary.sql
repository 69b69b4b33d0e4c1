-- One row per thing known about an open opportunity: what a new owner has to read.
--
-- event    created, stage, owner, amount or close_date (a change that shows between two exports),
--          activity, task (not done yet) or contact (known in the CRM)
-- day      when it was or shows; a task's due day; null of contacts
-- rep      who did it or has to
-- before   what it was before a change
-- after    what it is since; kind of the activity, subject of the task, id of the contact
-- hours    of an activity

with deals as (
    select
        opportunity_id,
        account_id,
        created_on
    from stg_opportunities
    where outcome = 'open'
),

events as (
    select
        opportunity_id,
        created_on as day,
        'created' as event,
        cast(null as varchar) as rep,
        cast(null as varchar) as before,
        cast(null as varchar) as after,
        cast(null as double) as hours
    from deals
    where created_on is not null

    union all

    select
        changes.opportunity_id,
        changes.changed_by,
        changes.field,
        cast(null as varchar),
        changes.before,
        changes.after,
        cast(null as double)
    from stg_changes as changes
    inner join deals
        on deals.opportunity_id = changes.opportunity_id

    union all

    select
        deals.opportunity_id,
        activities.happened_on,
        'activity',
        coalesce(labels.rep, activities.owner),
        cast(null as varchar),
        activities.kind,
        activities.hours
    from raw_activities as activities
    cross join run
    inner join deals
        on deals.opportunity_id = activities.opportunity_id
    left join stg_owner_labels as labels
        on labels.label = activities.owner
    where activities.happened_on <= run.as_of

    union all

    select
        deals.opportunity_id,
        tasks.due_on,
        'task',
        coalesce(labels.rep, tasks.owner),
        cast(null as varchar),
        coalesce(tasks.subject, tasks.task_id),
        cast(null as double)
    from raw_tasks as tasks
    cross join run
    inner join deals
        on deals.opportunity_id = tasks.opportunity_id
    left join stg_owner_labels as labels
        on labels.label = tasks.owner
    where tasks.done_on is null
        or tasks.done_on > run.as_of

    union all

    select
        deals.opportunity_id,
        cast(null as date),
        'contact',
        contacts.owner,
        cast(null as varchar),
        contacts.contact_id,
        cast(null as double)
    from raw_contacts as contacts
    inner join deals
        on deals.account_id = contacts.account_id
)

select
    opportunity_id,
    day,
    event,
    rep,
    before,
    after,
    hours
from events
order by opportunity_id, day, event, after, rep, before
