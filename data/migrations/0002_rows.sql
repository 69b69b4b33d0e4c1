-- One table of rows an entity instead of a state and its snapshots beside it; an upload keeps
-- its header, by which the next file of the same layout finds its mapping.

alter table uploads add column header VARCHAR;
alter table uploads add column is_full BOOLEAN;
alter table rejections add column record VARCHAR;

drop table layouts;

drop table if exists raw_opportunities;
drop table if exists raw_accounts;
drop table if exists raw_products;
drop table if exists raw_reps;
drop table if exists raw_targets;
drop table if exists raw_tasks;
drop table if exists raw_activities;
drop table if exists raw_leave;
drop table if exists raw_skills;

alter table if exists snap_opportunities rename to rows_opportunities;
alter table if exists snap_accounts rename to rows_accounts;
alter table if exists snap_products rename to rows_products;
alter table if exists snap_reps rename to rows_reps;
alter table if exists snap_targets rename to rows_targets;
alter table if exists snap_tasks rename to rows_tasks;
alter table if exists snap_activities rename to rows_activities;
alter table if exists snap_leave rename to rows_leave;
alter table if exists snap_skills rename to rows_skills;
alter table if exists rows_opportunities add column current BOOLEAN;
alter table if exists rows_accounts add column current BOOLEAN;
alter table if exists rows_products add column current BOOLEAN;
alter table if exists rows_reps add column current BOOLEAN;
alter table if exists rows_targets add column current BOOLEAN;
alter table if exists rows_tasks add column current BOOLEAN;
alter table if exists rows_activities add column current BOOLEAN;
alter table if exists rows_leave add column current BOOLEAN;
alter table if exists rows_skills add column current BOOLEAN;
alter table if exists rows_opportunities add column refused VARCHAR;
alter table if exists rows_accounts add column refused VARCHAR;
alter table if exists rows_products add column refused VARCHAR;
alter table if exists rows_reps add column refused VARCHAR;
alter table if exists rows_targets add column refused VARCHAR;
alter table if exists rows_tasks add column refused VARCHAR;
alter table if exists rows_activities add column refused VARCHAR;
alter table if exists rows_leave add column refused VARCHAR;
alter table if exists rows_skills add column refused VARCHAR;
