-- One row per month of engagement: what was created in it, and what became of that by the
-- as-of date.
--
-- engaged_month          first day of the month of creation
-- created                won + lost + open; opportunities of unknown age (see deal_ages) left out
-- age_days               mean days from creation to the as-of date
-- days_to_win            mean days from creation to the close of the won ones, null without any
-- days_to_win_sum, days_to_win_squares
--                        sum of these days and of their squares, for a spread over several months
-- days_to_lose, days_to_lose_sum, days_to_lose_squares
--                        the same of the lost ones
--
-- The days of closed opportunities are those of the quick ones as long as others are open: compare
-- wins with losses of the same month, not months with each other.

with deals as (
    select
        cast(date_trunc('month', created_on) as date) as engaged_month,
        date_diff('day', created_on, run.as_of) as age_days,
        case when outcome = 'won' then 1 else 0 end as won,
        case when outcome = 'lost' then 1 else 0 end as lost,
        case when outcome = 'won' then date_diff('day', created_on, closed_on) end as days_to_win,
        case when outcome = 'lost' then date_diff('day', created_on, closed_on) end as days_to_lose
    from stg_opportunities
    cross join run
    where created_on is not null
        and (outcome = 'open' or closed_on >= created_on)
)

select
    engaged_month,
    count(*) as created,
    sum(won) as won,
    sum(lost) as lost,
    sum(1 - won - lost) as open,
    avg(age_days) as age_days,
    avg(days_to_win) as days_to_win,
    coalesce(sum(days_to_win), 0) as days_to_win_sum,
    coalesce(sum(days_to_win * days_to_win), 0) as days_to_win_squares,
    avg(days_to_lose) as days_to_lose,
    coalesce(sum(days_to_lose), 0) as days_to_lose_sum,
    coalesce(sum(days_to_lose * days_to_lose), 0) as days_to_lose_squares
from deals
group by engaged_month
order by engaged_month
