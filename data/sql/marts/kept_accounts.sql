-- One row per rep: customers of the year before the period, and how many of them bought again in it.
--
-- rep         who won the account's newest opportunity before the period; empty: nobody
-- customers   accounts with a win within the 365 days before the period
-- kept        of those, with a win in the period, up to and including the as-of date

with before as (
    select
        deals.account_id,
        deals.rep,
        row_number() over (
            partition by deals.account_id order by deals.closed_on desc, deals.opportunity_id
        ) as newness
    from stg_opportunities as deals
    cross join run
    where deals.outcome = 'won'
        and deals.account_id is not null
        and deals.closed_on >= run.period_start - interval '365' day
        and deals.closed_on < run.period_start
),

again as (
    select distinct deals.account_id
    from stg_opportunities as deals
    cross join run
    where deals.outcome = 'won'
        and deals.closed_on >= run.period_start
        and deals.closed_on < run.period_end
)

select
    coalesce(before.rep, '') as rep,
    count(*) as customers,
    sum(case when again.account_id is null then 0 else 1 end) as kept
from before
left join again
    on again.account_id = before.account_id
where before.newness = 1
group by coalesce(before.rep, '')
order by rep
