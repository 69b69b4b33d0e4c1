-- One row per doubt and opportunity: facts that cannot all be right, or that bend an average.
--
-- Void opportunities are in no figure and not doubted. What each figure makes of the others:
--
-- closed_before_created   won or lost before it was created. Counts in every rate and sum.
-- closed_in_future        won or lost after the as-of date. Open in every figure until that day.
-- created_in_future       created after the as-of date. In no figure until that day.
-- overdue                 open, expected to close before the as-of date. Counts as open; nothing
--                         is taken from the day it was expected on.
-- closed_without_date     won or lost, nobody knows when. Counts in rates over all time and in no
--                         sum of a period.
-- placeholder_amount      won or open for 0 or 1. An open one of 0 is worth what such wins bring on
--                         average (open_items.value_from); one of 1 is taken at its word.
-- negative_amount         below zero. Subtracted from sums; never part of an average of wins.
-- huge_amount             won or open, over a tenth of all that was won in 20 wins or more. Counts;
--                         sums and averages hang on it alone.
-- other_currency          not in the currency of most, and without a rate to it. In no sum.
-- without_owner           nobody's. Of no person's figures; handed over first.
-- without_account         of no account. In rates over all, in none by sector or region.
-- unknown_account         the account is in no table of accounts. The same.
-- without_product         in rates over all, in none by product.
-- without_created_on      nobody knows when it began. In no cohort.
-- open_without_amount     open for nothing. Worth what such wins bring on average.
-- longest_open            open longer than any opportunity took that was ever closed. Counts as open.
-- not_in_newest_export    not in the newest export that was said to be full. Stays as it was.

with deals as (
    select
        raw.opportunity_id,
        raw.outcome,
        raw.amount,
        raw.created_on,
        run.as_of,
        raw.outcome in ('won', 'lost') as is_closed,
        coalesce(raw.closed_on, raw.close_date) as ended_on,
        coalesce(raw.expected_on, raw.close_date) as expected_on,
        raw.currency <> main.currency as is_foreign
    from raw_opportunities as raw
    cross join run
    cross join stg_currency as main
    where raw.outcome <> 'void'
),

won as (
    select sum(amount) as amount, count(*) as deals
    from deals
    where outcome = 'won'
        and amount > 0
        and coalesce(is_foreign, false) = false
),

slowest as (
    select max(date_diff('day', created_on, closed_on)) as days
    from stg_opportunities
    where outcome in ('won', 'lost')
),

newest_full as (
    select max(upload_id) as upload_id
    from uploads
    where entity = 'opportunities'
        and is_full
        and undone_at is null
)

select 'closed_before_created' as doubt, opportunity_id
from deals
where is_closed
    and ended_on < created_on

union all

select 'closed_in_future', opportunity_id
from deals
where is_closed
    and ended_on > as_of

union all

select 'created_in_future', opportunity_id
from deals
where created_on > as_of

union all

select 'overdue', opportunity_id
from deals
where outcome = 'open'
    and expected_on < as_of

union all

select 'closed_without_date', opportunity_id
from deals
where is_closed
    and ended_on is null

union all

select 'placeholder_amount', opportunity_id
from deals
where outcome in ('won', 'open')
    and amount >= 0
    and amount <= 1

union all

select 'negative_amount', opportunity_id
from deals
where amount < 0

union all

select 'huge_amount', deals.opportunity_id
from deals
cross join won
where deals.outcome in ('won', 'open')
    and coalesce(deals.is_foreign, false) = false
    and won.deals >= 20
    and deals.amount * 10 > won.amount

union all

select 'other_currency', deals.opportunity_id
from deals
inner join stg_opportunities as known
    on known.opportunity_id = deals.opportunity_id
where deals.is_foreign
    and deals.amount is not null
    and known.amount is null

union all

select 'without_owner', opportunity_id
from stg_opportunities
where rep is null

union all

select 'without_account', opportunity_id
from stg_opportunities
where account_id is null
    and account is null

union all

select 'unknown_account', known.opportunity_id
from stg_opportunities as known
left join raw_accounts as accounts
    on accounts.account_id = known.account_id
where accounts.account_id is null
    and known.account_id is not null

union all

select 'without_product', opportunity_id
from stg_opportunities
where product is null

union all

select 'without_created_on', opportunity_id
from stg_opportunities
where created_on is null

union all

select 'open_without_amount', opportunity_id
from stg_opportunities
where outcome = 'open'
    and coalesce(amount, 0) = 0

union all

select 'longest_open', known.opportunity_id
from stg_opportunities as known
cross join run
cross join slowest
where known.outcome = 'open'
    and date_diff('day', known.created_on, run.as_of) > slowest.days

union all

select 'not_in_newest_export', known.opportunity_id
from stg_opportunities as known
cross join newest_full
left join said_opportunities as said
    on said.opportunity_id = known.opportunity_id
    and said.upload_id >= newest_full.upload_id
where newest_full.upload_id is not null
    and said.opportunity_id is null

order by doubt, opportunity_id
