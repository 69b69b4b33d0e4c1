-- Everything people said in one journal, each entry sealed with the one before it. What they had
-- decided so far goes first, in its order. The seal is that of data/journal.py.

create table journal (
    entry BIGINT,
    said_at TIMESTAMP,
    said_by VARCHAR,
    kind VARCHAR,
    subject VARCHAR,
    content VARCHAR,
    previous VARCHAR,
    hash VARCHAR
);

insert into journal
with recursive told as (
    select
        row_number() over (order by decision_id) as entry,
        decided_at as said_at,
        coalesce(decided_by, '') as said_by,
        'decision' as kind,
        coalesce(item, '') as subject,
        json_object(
            'verdict', verdict,
            'from_rep', coalesce(from_rep, ''),
            'to_rep', coalesce(to_rep, ''),
            'note', coalesce(note, ''),
            'as_of', strftime(as_of, '%Y-%m-%d'),
            'facts', coalesce(facts, '{}')::json
        )::varchar as content
    from decisions
),

sealed as (
    select 0::bigint as entry, '' as hash, '' as previous
    union all
    select
        told.entry,
        sha256(concat(
            sealed.hash,
            sha256(told.entry::varchar),
            sha256(strftime(told.said_at, '%Y-%m-%dT%H:%M:%S.%f')),
            sha256(told.said_by),
            sha256(told.kind),
            sha256(told.subject),
            sha256(told.content)
        )),
        sealed.hash
    from sealed
    inner join told on told.entry = sealed.entry + 1
)

select told.*, sealed.previous, sealed.hash
from told
inner join sealed on sealed.entry = told.entry
order by told.entry;

drop table decisions;
