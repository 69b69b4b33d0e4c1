-- A label or alias that matches twice would count an opportunity twice. No rows expected.

select opportunity_id, count(*) as copies
from stg_opportunities
group by opportunity_id
having count(*) > 1
