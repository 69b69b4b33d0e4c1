-- A person counted twice would hold two capacities. No rows expected.

select rep, count(*) as copies
from stg_reps
group by rep
having count(*) > 1
