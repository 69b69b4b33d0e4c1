-- One row per rep, segment, month of engagement and age band: opportunities at risk in the band,
-- and how many of them were won and lost in it.
--
-- band           whole spans of 28 days since creation: 0 is days 0 to 27; 13 is every span from
--                day 364 on, and there an opportunity counts once for each span it was open in
-- at_risk        open at the start of the band, which was over on the as-of date
-- won, lost      of those, closed in the band
-- engaged_month  first day of the month of creation
--
-- A band that was not over by the as-of date counts for no opportunity created that day, however
-- it ended: to count those that closed in it and not those still open would make early closing
-- look more frequent than it is. So an opportunity that is open on its 40th day was at risk in
-- band 0 and says nothing of band 1. Left out are those of unknown age: without a day of creation,
-- closed without a day or before they were created.

with deals as (
    select
        rep,
        product,
        sector,
        region,
        source,
        kind,
        size_band,
        cast(date_trunc('month', created_on) as date) as engaged_month,
        outcome,
        cast(floor((date_diff('day', created_on, run.as_of) + 1) / 28.0) as integer) as observed,
        cast(floor(date_diff('day', created_on, closed_on) / 28.0) as integer) as ended
    from stg_opportunities
    cross join run
    where created_on is not null
        and (outcome = 'open' or closed_on >= created_on)
),

-- Spans at risk, and how the last of them ended. Alike ones are counted before they are spread
-- over their bands, so that the cost follows the groups.
lives as (
    select
        rep,
        product,
        sector,
        region,
        source,
        kind,
        size_band,
        engaged_month,
        case when ended < observed then ended + 1 else observed end as spans,
        case when ended < observed then outcome else 'open' end as ending,
        count(*) as deals
    from deals
    group by
        rep,
        product,
        sector,
        region,
        source,
        kind,
        size_band,
        engaged_month,
        case when ended < observed then ended + 1 else observed end,
        case when ended < observed then outcome else 'open' end
),

bands as (
    select band
    from (
        values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12), (13)
    ) as numbers (band)
)

select
    lives.rep,
    reps.team,
    lives.product,
    lives.sector,
    lives.region,
    lives.source,
    lives.kind,
    lives.size_band,
    lives.engaged_month,
    bands.band,
    sum(lives.deals * case when bands.band = 13 then lives.spans - 13 else 1 end) as at_risk,
    sum(
        case
            when lives.ending = 'won' and least(lives.spans - 1, 13) = bands.band then lives.deals
            else 0
        end
    ) as won,
    sum(
        case
            when lives.ending = 'lost' and least(lives.spans - 1, 13) = bands.band then lives.deals
            else 0
        end
    ) as lost
from lives
inner join bands
    on bands.band < lives.spans
inner join stg_reps as reps
    on reps.rep = lives.rep
group by
    lives.rep,
    reps.team,
    lives.product,
    lives.sector,
    lives.region,
    lives.source,
    lives.kind,
    lives.size_band,
    lives.engaged_month,
    bands.band
order by
    lives.rep, reps.team, lives.product, lives.sector, lives.region, lives.source, lives.kind,
    lives.size_band, lives.engaged_month, bands.band
