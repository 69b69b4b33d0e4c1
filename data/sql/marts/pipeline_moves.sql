-- One row per opportunity that was open on the eve of the run's period, is open on the as-of date,
-- or came and ended in between: what it was then, and what has become of it.
--
-- outcome       won, lost, open, or void: found to be none
-- value         what it would bring if won, or has brought (currency); where the CRM has no amount,
--               as in open_items
-- due           expected close, or the day it closed
-- known_on      day of the export that tells what it was then: the newest before the period, else
--               the oldest in it; null where but one export can tell of it
-- begun_before  created before the period, or of unknown age
-- open_then     begun before and not ended before; what has begun before and was not open then had
--               been closed, and is open again
-- *_then        owner, team, stage, value and due day as that export has them

with deals as (
    select
        deals.opportunity_id, deals.name, deals.account, deals.product, deals.rep, deals.stage,
        deals.outcome, deals.amount, deals.currency, deals.list_price, deals.created_on,
        deals.closed_on, deals.expected_on, deals.planned_on
    from stg_opportunities as deals
    cross join run
    where deals.outcome = 'open'
        or deals.closed_on is null
        or deals.closed_on >= run.period_start
),

-- Void ones are left out of everything else; here they are gone only where an export showed them.
ended as (
    select
        said.opportunity_id,
        coalesce(said.name, said.opportunity_id) as name,
        said.account,
        said.stage
    from raw_opportunities as said
    where said.outcome = 'void'
),

won as (
    select product, sum(amount) as amount, count(*) as deals
    from stg_opportunities
    where outcome = 'won'
        and amount > 0
    group by product
),

product_average as (
    select product, amount / deals as amount
    from won
    where product is not null
),

overall as (
    select sum(amount) / sum(deals) as amount
    from won
),

-- Which version tells of the eve of the period, and which of the as-of date.
bounds as (
    select
        versions.opportunity_id,
        coalesce(
            max(case when versions.as_of < run.period_start then versions.version end), 1
        ) as then_version,
        max(versions.version) as last_version,
        min(versions.as_of) as first_as_of
    from stg_versions as versions
    cross join run
    group by versions.opportunity_id
),

told as (
    select
        bounds.opportunity_id,
        bounds.first_as_of,
        old.as_of as known_on,
        old.as_of < run.period_start as is_of_then,
        old.outcome as outcome_then,
        old.stage as stage_then,
        old.rep as rep_then,
        old.amount as amount_then,
        old.close_date as due_then,
        new.rep as last_rep,
        new.amount as last_amount
    from bounds
    inner join stg_versions as old
        on old.opportunity_id = bounds.opportunity_id
        and old.version = bounds.then_version
    inner join stg_versions as new
        on new.opportunity_id = bounds.opportunity_id
        and new.version = bounds.last_version
    cross join run
),

both_sides as (
    select
        deals.opportunity_id, deals.name, deals.account, deals.rep, deals.stage, deals.outcome,
        coalesce(deals.expected_on, deals.closed_on) as due,
        cast(coalesce(
            case when deals.amount > 0 then deals.amount end,
            case when deals.outcome <> 'open' and told.amount_then > 0 then told.amount_then end,
            product_average.amount, deals.list_price, overall.amount, 0
        ) as double) as value,
        cast(case
            when deals.currency = main.currency or deals.currency is null then told.amount_then
            else told.amount_then * deals.amount / nullif(told.last_amount, 0)
        end as double) as amount_then,
        told.known_on, told.stage_then,
        coalesce(told.due_then, deals.planned_on) as due_then, told.rep_then, told.last_rep,
        coalesce(
            coalesce(deals.created_on, told.first_as_of) < run.period_start, true
        ) as begun_before,
        coalesce(told.is_of_then and told.outcome_then in ('won', 'lost'), false) as closed_then
    from deals
    cross join overall
    cross join run
    cross join stg_currency as main
    left join told
        on told.opportunity_id = deals.opportunity_id
    left join product_average
        on product_average.product = deals.product
    where deals.outcome = 'open'
        or deals.closed_on >= run.period_start
        or (deals.closed_on is null and told.is_of_then and told.outcome_then = 'open')

    union all

    select
        ended.opportunity_id, ended.name, ended.account, told.rep_then, ended.stage, 'void',
        told.due_then,
        cast(coalesce(told.amount_then, 0) as double), cast(told.amount_then as double),
        told.known_on, told.stage_then, told.due_then,
        told.rep_then, told.rep_then, true, false
    from ended
    inner join told
        on told.opportunity_id = ended.opportunity_id
    where told.is_of_then
        and told.outcome_then = 'open'
)

select
    moves.opportunity_id,
    moves.name,
    moves.account,
    moves.rep,
    coalesce(people.team, '') as team,
    moves.stage,
    moves.outcome,
    moves.value,
    moves.due,
    moves.known_on,
    moves.begun_before,
    moves.begun_before and not moves.closed_then as open_then,
    case when moves.rep_then <> moves.last_rep then moves.rep_then else moves.rep end as rep_then,
    case
        when moves.rep_then <> moves.last_rep then coalesce(people_then.team, '')
        else coalesce(people.team, '')
    end as team_then,
    coalesce(moves.stage_then, moves.stage) as stage_then,
    case when moves.amount_then > 0 then moves.amount_then else moves.value end as value_then,
    coalesce(moves.due_then, moves.due) as due_then
from both_sides as moves
cross join run
left join stg_people as people
    on people.rep = moves.rep
left join stg_people as people_then
    on people_then.rep = moves.rep_then
order by moves.opportunity_id
