-- One row per open opportunity whose ownership needs no model to be questioned.
--
-- fact   owner_left (the owner no longer works here), no_owner, or
--        split_account (several active people hold open opportunities of the account)

with open_deals as (
    select deals.opportunity_id, deals.account_id, deals.rep, reps.active
    from stg_opportunities as deals
    left join stg_reps as reps
        on reps.rep = deals.rep
    where deals.outcome = 'open'
),

split_accounts as (
    select account_id
    from open_deals
    where active
        and account_id is not null
    group by account_id
    having count(distinct rep) > 1
)

select
    case
        when open_deals.rep is null then 'no_owner'
        when not open_deals.active then 'owner_left'
        else 'split_account'
    end as fact,
    open_deals.opportunity_id
from open_deals
left join split_accounts
    on split_accounts.account_id = open_deals.account_id
where open_deals.rep is null
    or not open_deals.active
    or split_accounts.account_id is not null
order by fact, open_deals.opportunity_id
