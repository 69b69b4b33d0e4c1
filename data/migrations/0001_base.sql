-- Uploads, what was refused of them, what people decided. Tables of the entities themselves
-- are made from data/contracts.py.

create table meta (data_version BIGINT);

insert into meta values (0);

create table uploads (
    upload_id BIGINT,
    file VARCHAR,
    sha256 VARCHAR,
    bytes BIGINT,
    format VARCHAR,
    entity VARCHAR,
    encoding VARCHAR,
    as_of DATE,
    uploaded_at TIMESTAMP,
    uploaded_by VARCHAR,
    mapping VARCHAR,
    rows_read BIGINT,
    rows_new BIGINT,
    rows_changed BIGINT,
    rows_same BIGINT,
    rows_rejected BIGINT,
    undone_at TIMESTAMP,
    undone_by VARCHAR
);

create table rejections (
    upload_id BIGINT,
    row_no BIGINT,
    column_name VARCHAR,
    value VARCHAR,
    rule VARCHAR
);

create table layouts (
    fingerprint VARCHAR,
    entity VARCHAR,
    mapping VARCHAR,
    saved_at TIMESTAMP
);

create table aliases (
    kind VARCHAR,
    alias VARCHAR,
    canonical VARCHAR,
    decided VARCHAR,
    decided_by VARCHAR,
    decided_at TIMESTAMP
);

-- Append-only: a later row about the same item replaces an earlier one when read.
create table decisions (
    decision_id BIGINT,
    decided_at TIMESTAMP,
    decided_by VARCHAR,
    verdict VARCHAR,
    item VARCHAR,
    from_rep VARCHAR,
    to_rep VARCHAR,
    note VARCHAR,
    as_of DATE,
    facts VARCHAR
);
