-- One row per rep, measure and day of what files of measures say.
--
-- rep        empty where nobody is named
-- team       the team they were in that day
-- how        'sum' or 'mean', where the file says so, else empty
-- total      sum of the values
-- weighted   sum of the values, each times what it is over
-- weight     how many they are over: n where the file has it, else one a row

select
    coalesce(labels.rep, measures.owner, '') as rep,
    coalesce(spells.team, '') as team,
    lower(trim(measures.kpi)) as kpi,
    measures.measured_on as day,
    coalesce(max(lower(measures.how)), '') as how,
    cast(sum(measures.value * coalesce(measures.n, 1)) as double) as weighted,
    cast(sum(measures.value) as double) as total,
    cast(sum(coalesce(measures.n, 1)) as double) as weight
from raw_measures as measures
cross join run
left join stg_owner_labels as labels
    on labels.label = measures.owner
left join stg_spells as spells
    on spells.rep = labels.rep
    and spells.starts_on <= measures.measured_on
    and spells.ends_on > measures.measured_on
where measures.measured_on <= run.as_of
group by
    coalesce(labels.rep, measures.owner, ''),
    coalesce(spells.team, ''),
    lower(trim(measures.kpi)),
    measures.measured_on
order by rep, team, kpi, day
