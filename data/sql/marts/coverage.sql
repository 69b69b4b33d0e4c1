-- One row: what the data holds and what it lacks, on the as-of date.
--
-- currency         that of most opportunities; null where none is given
-- other_currency   opportunities in another one without a rate, whose amounts are left out

select
    count(*) as opportunities,
    count(case when outcome = 'won' then 1 end) as won,
    count(case when outcome = 'lost' then 1 end) as lost,
    count(case when outcome = 'open' then 1 end) as open,
    count(case when rep is null then 1 end) as without_owner,
    count(case when account is null then 1 end) as without_account,
    count(case when created_on is null then 1 end) as without_created_on,
    count(case when outcome = 'open' and coalesce(amount, 0) = 0 then 1 end)
        as open_without_amount,
    count(case when outcome <> 'open' and closed_on is null then 1 end) as closed_without_date,
    count(case when deals.currency <> main.currency and deals.amount is null then 1 end)
        as other_currency,
    count(distinct rep) as owners,
    max(main.currency) as currency,
    min(created_on) as first_created_on,
    max(created_on) as last_created_on
from stg_opportunities as deals
cross join stg_currency as main
