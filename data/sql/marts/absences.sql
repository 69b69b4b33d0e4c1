-- One row per person and time away that is not over on the as-of date.
--
-- starts_on, ends_on   first and last day away

select distinct
    labels.rep,
    leave.starts_on,
    leave.ends_on
from raw_leave as leave
cross join run
inner join stg_owner_labels as labels
    on labels.label = leave.owner
where leave.ends_on >= run.as_of
order by labels.rep, leave.starts_on, leave.ends_on
