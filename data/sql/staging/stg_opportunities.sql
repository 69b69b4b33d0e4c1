-- One row per opportunity begun on or before the as-of date, void ones left out.
--
-- An opportunity that closed later counts as open: on the as-of date nobody knew how it would
-- end. Owner, amount and attributes are those of the newest export, not of that day.
--
-- rep          owner, null where nobody owns it
-- amount       in the currency of most opportunities; from others by the rate of the day it closed,
--              or of the as-of date; null where there is no rate: currencies are never summed
-- size_band    employees of the account
-- closed_on    actual close, null while open
-- expected_on  expected close, null when closed
-- planned_on   expected close as last said, kept after the close where the CRM keeps it

with product_aliases as (
    select alias, canonical
    from aliases
    where kind = 'product'
        and decided = 'merge'
),

account_aliases as (
    select alias, canonical
    from aliases
    where kind = 'account'
        and decided = 'merge'
),

rates as (
    select
        currency,
        per,
        rate,
        coalesce(valid_from, cast('1900-01-01' as date)) as valid_from,
        coalesce(
            lead(valid_from) over (partition by currency, per order by valid_from nulls first),
            cast('9999-12-31' as date)
        ) as valid_until
    from raw_rates
    union all
    select distinct
        per, per, cast(1 as double), cast('1900-01-01' as date), cast('9999-12-31' as date)
    from raw_rates
),

-- What one of a currency is in another, by the base that both have a rate to.
exchange as (
    select
        own.currency,
        main.currency as into_currency,
        max(own.rate / main.rate) as rate,
        greatest(own.valid_from, main.valid_from) as valid_from,
        least(own.valid_until, main.valid_until) as valid_until
    from rates as own
    inner join rates as main
        on main.per = own.per
        and main.valid_from < own.valid_until
        and main.valid_until > own.valid_from
    where main.rate > 0
    group by 1, 2, 4, 5
),

named as (
    select
        deals.*,
        coalesce(by_id.rep, by_mail.rep, by_name.rep, deals.owner) as rep,
        coalesce(product_aliases.canonical, deals.product) as known_product,
        coalesce(account_aliases.canonical, deals.account_id) as known_account,
        case
            when deals.outcome in ('won', 'lost')
                then coalesce(deals.closed_on, deals.close_date)
        end as ended_on
    from raw_opportunities as deals
    left join stg_owner_labels as by_id
        on by_id.label = deals.owner_id
    left join stg_owner_labels as by_mail
        on by_mail.label = deals.owner_email
    left join stg_owner_labels as by_name
        on by_name.label = deals.owner
    left join product_aliases
        on product_aliases.alias = deals.product
    left join account_aliases
        on account_aliases.alias = deals.account_id
),

known as (
    select
        named.*,
        run.as_of,
        case
            when named.outcome in ('won', 'lost') and named.ended_on > run.as_of then 'open'
            else named.outcome
        end as known_outcome
    from named
    cross join run
    where named.outcome <> 'void'
        and (named.created_on is null or named.created_on <= run.as_of)
)

select
    known.opportunity_id,
    coalesce(known.name, known.opportunity_id) as name,
    known.rep,
    known.account_id,
    coalesce(accounts.account, known.account) as account,
    known.known_product as product,
    products.family,
    coalesce(known.sector, accounts.sector) as sector,
    coalesce(known.region, accounts.region) as region,
    known.source,
    known.kind,
    case
        when accounts.employees < 50 then '1-49'
        when accounts.employees < 250 then '50-249'
        when accounts.employees < 1000 then '250-999'
        when accounts.employees >= 1000 then '1000+'
    end as size_band,
    known.stage,
    known.known_outcome as outcome,
    case
        when coalesce(known.currency = main.currency, true) then known.amount
        else cast(known.amount * exchange.rate as decimal(18, 2))
    end as amount,
    known.currency,
    products.list_price,
    known.created_on,
    case when known.known_outcome in ('won', 'lost') then known.ended_on end as closed_on,
    case
        when known.known_outcome = 'open' then coalesce(known.expected_on, known.close_date)
    end as expected_on,
    known.expected_on as planned_on,
    known.next_step
from known
cross join stg_currency as main
left join exchange
    on exchange.currency = known.currency
    and exchange.into_currency = main.currency
    and exchange.valid_from <= coalesce(known.ended_on, known.as_of)
    and exchange.valid_until > coalesce(known.ended_on, known.as_of)
left join raw_accounts as accounts
    on accounts.account_id = known.known_account
left join raw_products as products
    on products.product = known.known_product
order by known.opportunity_id
