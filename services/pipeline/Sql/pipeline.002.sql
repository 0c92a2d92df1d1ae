-- What ingest told of people whose trust changed. Who is not here is as his builds say.
create table {schema}.trust (
    rid        text not null,
    did        text not null,
    trust      text not null,
    changed_at timestamptz not null,
    primary key (rid, did)
);
