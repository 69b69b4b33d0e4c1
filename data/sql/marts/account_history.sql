-- One row per account and person who has closed an opportunity of it, on or before the as-of date.
--
-- account      its name
-- closed, won  opportunities, all time
-- won_amount   amount won, all time (currency)
-- won_year     amount won within the year before the as-of date (currency)
-- last_on      newest close

select
    deals.account_id,
    max(deals.account) as account,
    deals.rep,
    count(*) as closed,
    sum(case when deals.outcome = 'won' then 1 else 0 end) as won,
    sum(case when deals.outcome = 'won' then coalesce(deals.amount, 0) else 0 end) as won_amount,
    sum(
        case
            when deals.outcome = 'won' and deals.closed_on >= run.as_of - interval '365' day
                then coalesce(deals.amount, 0)
            else 0
        end
    ) as won_year,
    max(deals.closed_on) as last_on
from stg_opportunities as deals
cross join run
where deals.outcome in ('won', 'lost')
    and deals.account_id is not null
    and deals.rep is not null
group by deals.account_id, deals.rep
order by deals.account_id, deals.rep
