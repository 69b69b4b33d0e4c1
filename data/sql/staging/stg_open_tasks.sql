-- One row per task that is not done on the as-of date, in whatever words a CRM says so.

select
    tasks.task_id,
    tasks.subject,
    tasks.owner,
    tasks.opportunity_id,
    tasks.account,
    tasks.importance,
    tasks.status,
    tasks.due_on,
    tasks.created_on
from raw_tasks as tasks
cross join run
where (tasks.created_on is null or tasks.created_on <= run.as_of)
    and (tasks.done_on is null or tasks.done_on > run.as_of)
    and (
        tasks.done_on is not null
        or tasks.status is null
        or lower(tasks.status) not in (
            'done', 'completed', 'complete', 'closed', 'cancelled', 'canceled',
            '完成', '已完成', '取消', '已取消', '关闭', '已关闭', '已结束'
        )
    )
order by tasks.task_id
