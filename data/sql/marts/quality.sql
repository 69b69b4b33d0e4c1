-- One row per doubt (sql/staging/stg_quality.sql says what each is): the opportunities in it.

select
    doubt,
    count(*) as opportunities
from stg_quality
group by doubt
order by doubt
