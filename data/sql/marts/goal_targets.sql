-- One row per target that a file gave, of whatever unit, measure, tier and period.
--
-- unit             person's name as everywhere else, else as the file has it; empty: the company
-- known            the unit is a person, team or region of the data; always true of the company
-- starts_on, ends_on  half-open
-- other_currency   in another currency than the opportunities
-- file, row_no     where it stands

select
    targets.unit_kind,
    case
        when targets.unit_kind = 'company' then ''
        else coalesce(labels.rep, targets.unit)
    end as unit,
    targets.kpi,
    coalesce(targets.tier, 'base') as tier,
    targets.period,
    targets.period_start as starts_on,
    cast(
        case targets.period
            when 'year' then targets.period_start + interval '12' month
            when 'quarter' then targets.period_start + interval '3' month
            when 'month' then targets.period_start + interval '1' month
            else targets.period_start + interval '7' day
        end as date
    ) as ends_on,
    cast(targets.amount as double) as amount,
    targets.unit_kind = 'company'
    or labels.rep is not null
    or (targets.unit_kind = 'rep' and reps.rep is not null)
    or (targets.unit_kind = 'team' and teams.team is not null)
    or (targets.unit_kind = 'region' and regions.region is not null) as known,
    coalesce(targets.currency <> main.currency, false) as other_currency,
    uploads.file,
    targets.row_no
from raw_targets as targets
cross join stg_currency as main
left join uploads
    on uploads.upload_id = targets.upload_id
left join stg_owner_labels as labels
    on labels.label = targets.unit
    and targets.unit_kind = 'rep'
left join stg_reps as reps
    on reps.rep = targets.unit
    and targets.unit_kind = 'rep'
left join (select distinct team from stg_spells) as teams
    on teams.team = targets.unit
left join (select distinct region from stg_reps) as regions
    on regions.region = targets.unit
order by
    targets.unit_kind, unit, targets.kpi, tier, targets.period, starts_on, file, targets.row_no
