-- One row per piece of open work: opportunity, lead, task or account.
--
-- rep          who has it; null where nobody does
-- value        opportunity: as in open_items. Lead: what wins that began as leads of its source
--              brought on average, else the average win. Task: the value of its opportunity, 0
--              without one. Account: the sum of its open opportunities (currency)
-- reach        lead: share of the ended leads of its source that became opportunities, where all
--              sources together count as ten leads more; 1 of other work
-- stage        stage of the opportunity, status of the lead or task
-- importance   of a task: high, normal or low
-- due_on       opportunity: expected close. Task: due day
-- hours        opportunity: logged in the 90 days up to the as-of date; an activity without a
--              duration counts half an hour
-- weeks        opportunity: how many of those 90 days it has been open, in weeks
--
-- Left out: leads that became something or came to nothing, and tasks that are done.

with won as (
    select opportunity_id, product, amount
    from stg_opportunities
    where outcome = 'won'
        and amount > 0
),

product_average as (
    select product, avg(amount) as amount
    from won
    where product is not null
    group by product
),

overall as (
    select avg(amount) as amount from won
),

spent as (
    select
        activities.opportunity_id,
        sum(coalesce(activities.hours, 0.5)) as hours
    from raw_activities as activities
    cross join run
    where activities.happened_on <= run.as_of
        and activities.happened_on > run.as_of - interval '90' day
    group by activities.opportunity_id
),

opportunities as (
    select
        deals.opportunity_id,
        deals.name,
        deals.rep,
        deals.account_id,
        deals.account,
        deals.region,
        deals.sector,
        deals.product,
        deals.source,
        deals.kind as business,
        deals.size_band,
        deals.stage,
        coalesce(
            case when deals.amount > 0 then deals.amount end,
            product_average.amount, deals.list_price, overall.amount, 0
        ) as value,
        deals.expected_on,
        deals.created_on,
        coalesce(spent.hours, 0) as hours,
        (least(coalesce(date_diff('day', deals.created_on, run.as_of), 89), 89) + 1) / 7.0 as weeks
    from stg_opportunities as deals
    cross join run
    cross join overall
    left join product_average
        on product_average.product = deals.product
    left join spent
        on spent.opportunity_id = deals.opportunity_id
    where deals.outcome = 'open'
),

leads as (
    select
        known.*,
        coalesce(by_id.rep, by_mail.rep, by_name.rep, known.owner) as rep,
        coalesce(known.converted, false)
            or known.converted_opportunity_id is not null
            or (
                lower(known.status) like '%converted'
                and lower(known.status) not like '%not converted'
                and lower(known.status) not like '%unconverted'
            )
            or (known.status like '%已转%' and known.status not like '%未转%') as has_become,
        coalesce(
            lower(known.status) like '%disqualif%'
            or lower(known.status) like '%unqualif%'
            or lower(known.status) like '%not qualif%'
            or lower(known.status) like '%junk%'
            or lower(known.status) like '%lost%'
            or lower(known.status) like '%invalid%'
            or lower(known.status) like 'dead%'
            or lower(known.status) like 'closed%'
            or known.status like '%无效%'
            or known.status like '%不合格%'
            or known.status like '%关闭%'
            or known.status like '%放弃%',
            false
        ) as has_ended
    from raw_leads as known
    cross join run
    left join stg_owner_labels as by_id
        on by_id.label = known.owner_id
    left join stg_owner_labels as by_mail
        on by_mail.label = known.owner_email
    left join stg_owner_labels as by_name
        on by_name.label = known.owner
    where known.created_on is null
        or known.created_on <= run.as_of
),

all_sources as (
    select
        coalesce(avg(case when has_become then 1.0 else 0.0 end), 1) as reach
    from leads
    where has_become
        or has_ended
),

by_source as (
    select
        leads.source,
        sum(case when leads.has_become then 1.0 else 0.0 end) as became,
        count(*) as ended,
        avg(won.amount) as amount
    from leads
    left join won
        on won.opportunity_id = leads.converted_opportunity_id
    where leads.has_become
        or leads.has_ended
    group by leads.source
),

accounts_by_name as (
    select account, max(account_id) as account_id
    from raw_accounts
    group by account
    having count(*) = 1
),

account_sums as (
    select account_id, sum(value) as value
    from opportunities
    group by account_id
),

items as (
    select
        'opportunity' as kind,
        opportunity_id as item,
        name,
        rep,
        account_id,
        account,
        region,
        sector,
        product,
        source,
        business,
        size_band,
        stage,
        cast(value as double) as value,
        cast(1 as double) as reach,
        cast(null as varchar) as importance,
        expected_on as due_on,
        created_on,
        opportunity_id,
        hours,
        weeks
    from opportunities

    union all

    select
        'lead',
        leads.lead_id,
        coalesce(leads.name, leads.account, leads.lead_id),
        leads.rep,
        accounts_by_name.account_id,
        leads.account,
        leads.region,
        leads.sector,
        cast(null as varchar),
        leads.source,
        cast(null as varchar),
        cast(null as varchar),
        leads.status,
        coalesce(by_source.amount, overall.amount, 0),
        (coalesce(by_source.became, 0) + 10 * all_sources.reach)
        / (coalesce(by_source.ended, 0) + 10),
        cast(null as varchar),
        cast(null as date),
        leads.created_on,
        cast(null as varchar),
        cast(null as double),
        cast(null as double)
    from leads
    cross join all_sources
    cross join overall
    left join by_source
        on coalesce(by_source.source, '') = coalesce(leads.source, '')
    left join accounts_by_name
        on accounts_by_name.account = leads.account
    where not leads.has_become
        and not leads.has_ended

    union all

    select
        'task',
        tasks.task_id,
        coalesce(tasks.subject, tasks.task_id),
        coalesce(labels.rep, tasks.owner),
        opportunities.account_id,
        coalesce(opportunities.account, tasks.account),
        opportunities.region,
        opportunities.sector,
        opportunities.product,
        opportunities.source,
        opportunities.business,
        opportunities.size_band,
        tasks.status,
        coalesce(opportunities.value, 0),
        1,
        coalesce(lower(tasks.importance), 'normal'),
        tasks.due_on,
        tasks.created_on,
        tasks.opportunity_id,
        cast(null as double),
        cast(null as double)
    from stg_open_tasks as tasks
    left join stg_owner_labels as labels
        on labels.label = tasks.owner
    left join opportunities
        on opportunities.opportunity_id = tasks.opportunity_id

    union all

    select
        'account',
        accounts.account_id,
        accounts.account,
        coalesce(labels.rep, accounts.owner),
        accounts.account_id,
        accounts.account,
        accounts.region,
        accounts.sector,
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        coalesce(account_sums.value, 0),
        1,
        cast(null as varchar),
        cast(null as date),
        cast(null as date),
        cast(null as varchar),
        cast(null as double),
        cast(null as double)
    from raw_accounts as accounts
    left join stg_owner_labels as labels
        on labels.label = accounts.owner
    left join account_sums
        on account_sums.account_id = accounts.account_id
)

select
    items.kind,
    items.item,
    items.name,
    items.rep,
    reps.team,
    items.account_id,
    items.account,
    items.region,
    items.sector,
    items.product,
    items.source,
    items.business,
    items.size_band,
    items.stage,
    items.value,
    items.reach,
    items.importance,
    items.due_on,
    items.created_on,
    items.opportunity_id,
    items.hours,
    items.weeks
from items
left join stg_reps as reps
    on reps.rep = items.rep
order by items.kind, items.item
