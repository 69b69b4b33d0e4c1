-- One row per opportunity that was open on the eve of the run's period, is open on the as-of date,
-- or came and ended in between: what it was then, and what has become of it.
--
-- outcome       won, lost, open, or void: found to be none
-- value         what it would bring if won, or has brought (currency); where the CRM has no amount,
--               as in open_items
-- due           expected close, or the day it closed
-- known_on      day of the export that tells what it was then: the newest before the period, else
--               the oldest in it; null where but one export can tell of it
-- begun_before  created before the period, or of unknown age; without a day of creation the first
--               export that has it tells, unless that is the first of all
-- open_then     begun before and not ended before; what has begun before and was not open then had
--               been closed, and is open again
-- *_then        owner, team, stage, value and due day as that export has them
--
-- Where an export newer than the as-of date tells of an opportunity, what it was on that date is
-- taken from the newest export up to it.

with undated as (
    select opportunity_id
    from raw_opportunities
    where created_on is null
),

first_seen as (
    select said.opportunity_id, min(said.as_of) as seen_on
    from said_opportunities as said
    inner join undated
        on undated.opportunity_id = said.opportunity_id
    group by said.opportunity_id
),

first_export as (
    select min(as_of) as seen_on
    from said_opportunities
),

outdated as (
    select distinct said.opportunity_id
    from said_opportunities as said
    cross join run
    where said.as_of > run.as_of
),

newest as (
    select raw.opportunity_id, coalesce(labels.rep, raw.owner) as rep, raw.amount
    from raw_opportunities as raw
    inner join outdated
        on outdated.opportunity_id = raw.opportunity_id
    left join stg_owner_labels as labels
        on labels.label = raw.owner
),

deals as (
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
        said.stage,
        said.created_on
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
        max(versions.version) as last_version
    from stg_versions as versions
    cross join run
    group by versions.opportunity_id
),

told as (
    select
        bounds.opportunity_id,
        old.as_of as known_on,
        old.as_of < run.period_start as is_of_then,
        old.outcome as outcome_then,
        old.stage as stage_then,
        old.rep as rep_then,
        old.amount as amount_then,
        old.close_date as due_then,
        new.rep as last_rep,
        case when newest.opportunity_id is not null then new.outcome end as past_outcome,
        case when newest.opportunity_id is not null then new.stage end as past_stage,
        case when newest.opportunity_id is not null then new.amount end as past_amount,
        case when newest.opportunity_id is not null then new.close_date end as past_due,
        case
            when newest.opportunity_id is not null and new.rep <> coalesce(newest.rep, '')
                then new.rep
        end as past_rep,
        coalesce(newest.amount, new.amount) as newest_amount
    from bounds
    inner join stg_versions as old
        on old.opportunity_id = bounds.opportunity_id
        and old.version = bounds.then_version
    inner join stg_versions as new
        on new.opportunity_id = bounds.opportunity_id
        and new.version = bounds.last_version
    left join newest
        on newest.opportunity_id = bounds.opportunity_id
    cross join run
),

-- A close whose day is known is what it is, whenever it was told.
both_sides as (
    select
        deals.opportunity_id, deals.name, deals.account,
        coalesce(case when deals.closed_on is null then told.past_rep end, deals.rep) as rep,
        coalesce(case when deals.closed_on is null then told.past_stage end, deals.stage) as stage,
        coalesce(
            case when deals.closed_on is null then told.past_outcome end, deals.outcome
        ) as outcome,
        coalesce(
            case when deals.closed_on is null then told.past_due end,
            deals.expected_on, deals.closed_on
        ) as due,
        cast(coalesce(
            case
                when deals.closed_on is not null or told.past_amount <= 0 then null
                when deals.currency = main.currency or deals.currency is null
                    then told.past_amount
                else told.past_amount * deals.amount / nullif(told.newest_amount, 0)
            end,
            case when deals.amount > 0 then deals.amount end,
            case when deals.outcome <> 'open' and told.amount_then > 0 then told.amount_then end,
            product_average.amount, deals.list_price, overall.amount, 0
        ) as double) as value,
        cast(case
            when deals.currency = main.currency or deals.currency is null
                then told.amount_then
            else told.amount_then * deals.amount / nullif(told.newest_amount, 0)
        end as double) as amount_then,
        told.known_on, told.stage_then,
        coalesce(told.due_then, deals.planned_on) as due_then, told.rep_then, told.last_rep,
        coalesce(
            coalesce(
                deals.created_on,
                case
                    when first_seen.seen_on > first_export.seen_on then first_seen.seen_on
                end
            ) < run.period_start,
            true
        ) as begun_before,
        coalesce(told.is_of_then and told.outcome_then in ('won', 'lost'), false) as closed_then,
        coalesce(told.is_of_then and told.outcome_then = 'open', false) as is_told_open,
        deals.closed_on,
        deals.closed_on is null and told.past_outcome is not null as is_past
    from deals
    cross join overall
    cross join run
    cross join first_export
    cross join stg_currency as main
    left join told
        on told.opportunity_id = deals.opportunity_id
    left join first_seen
        on first_seen.opportunity_id = deals.opportunity_id
    left join product_average
        on product_average.product = deals.product
    where deals.created_on is not null
        or first_seen.seen_on is null
        or first_seen.seen_on <= run.as_of

    union all

    select
        ended.opportunity_id, ended.name, ended.account,
        case when told.past_outcome <> 'void' then told.last_rep else told.rep_then end,
        case when told.past_outcome <> 'void' then told.past_stage else ended.stage end,
        coalesce(told.past_outcome, 'void'),
        case when told.past_outcome <> 'void' then told.past_due else told.due_then end,
        cast(coalesce(
            case when told.past_outcome <> 'void' then told.past_amount end, told.amount_then, 0
        ) as double),
        cast(told.amount_then as double),
        told.known_on, told.stage_then, told.due_then, told.rep_then, told.last_rep,
        coalesce(told.is_of_then or ended.created_on < run.period_start, true),
        coalesce(told.is_of_then and told.outcome_then in ('won', 'lost'), false),
        coalesce(told.is_of_then and told.outcome_then = 'open', false),
        cast(null as date),
        true
    from ended
    cross join run
    inner join told
        on told.opportunity_id = ended.opportunity_id
),

moves as (
    select both_sides.*
    from both_sides
    cross join run
    where both_sides.outcome = 'open'
        or both_sides.closed_on >= run.period_start
        or (both_sides.closed_on is null and both_sides.is_told_open)
        or (
            both_sides.is_past
            and both_sides.outcome in ('won', 'lost')
            and both_sides.due >= run.period_start
        )
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
from moves
left join stg_people as people
    on people.rep = moves.rep
left join stg_people as people_then
    on people_then.rep = moves.rep_then
order by moves.opportunity_id
