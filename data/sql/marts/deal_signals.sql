-- One row per open opportunity: what its records say of how it goes.
--
-- next_step       the CRM has a next step for it
-- tasks           open ones, whenever they are due
-- planned         of these, those that are not overdue
-- next_task_on    due day of the next planned one
-- last_activity   day of the newest activity; null where none is known
-- slips           how often an export showed a later close date than the one before
-- slipped_days    days of all these together
-- second_slip_on  day of the export that showed the second of them
-- grown_on        day of the export that showed the newest growth of its amount
-- grown_from      amount before that (currency)
-- grown_to        amount after that (currency)
-- grown_now       amount as the newest export up to the as-of date that has one says (currency)

with deals as (
    select opportunity_id, next_step
    from stg_opportunities
    where outcome = 'open'
),

activities as (
    select said.opportunity_id, max(said.happened_on) as last_activity
    from raw_activities as said
    cross join run
    where said.happened_on <= run.as_of
    group by said.opportunity_id
),

tasks as (
    select
        said.opportunity_id,
        count(*) as tasks,
        sum(case when said.due_on is null or said.due_on >= run.as_of then 1 else 0 end) as planned,
        min(case when said.due_on >= run.as_of then said.due_on end) as next_task_on
    from stg_open_tasks as said
    cross join run
    group by said.opportunity_id
),

later as (
    select
        opportunity_id,
        difference,
        changed_by,
        row_number() over (partition by opportunity_id order by changed_by) as nth
    from stg_changes
    where field = 'close_date'
        and difference > 0
),

slips as (
    select
        opportunity_id,
        count(*) as slips,
        sum(difference) as slipped_days,
        max(case when nth = 2 then changed_by end) as second_slip_on
    from later
    group by opportunity_id
),

growths as (
    select
        opportunity_id,
        changed_by as grown_on,
        cast(before as double) as grown_from,
        cast(after as double) as grown_to,
        row_number() over (partition by opportunity_id order by changed_by desc) as nth
    from stg_changes
    where field = 'amount'
        and difference > 0
),

amounts as (
    select
        opportunity_id,
        cast(after as double) as amount,
        row_number() over (partition by opportunity_id order by changed_by desc) as nth
    from stg_changes
    where field = 'amount'
)

select
    deals.opportunity_id,
    coalesce(trim(deals.next_step), '') <> '' as next_step,
    tasks.next_task_on,
    coalesce(tasks.tasks, 0) as tasks,
    coalesce(tasks.planned, 0) as planned,
    activities.last_activity,
    coalesce(slips.slips, 0) as slips,
    coalesce(slips.slipped_days, 0) as slipped_days,
    slips.second_slip_on,
    growths.grown_on,
    growths.grown_from,
    growths.grown_to,
    case when growths.opportunity_id is not null then amounts.amount end as grown_now
from deals
left join tasks
    on tasks.opportunity_id = deals.opportunity_id
left join activities
    on activities.opportunity_id = deals.opportunity_id
left join slips
    on slips.opportunity_id = deals.opportunity_id
left join growths
    on growths.opportunity_id = deals.opportunity_id
    and growths.nth = 1
left join amounts
    on amounts.opportunity_id = deals.opportunity_id
    and amounts.nth = 1
order by deals.opportunity_id
