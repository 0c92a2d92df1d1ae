-- What the newest head of each default branch uses, to be compared with what mirrors know: again when it moves, and daily.
create table {schema}.dependencies (
    rid             text collate "C" primary key,
    repository_name text             not null,
    commit_id       text collate "C" not null,
    files           int              not null, -- lock files that were read
    count           int              not null, -- may be more than are named
    packages        jsonb            not null,
    found_at        timestamptz      not null,
    compared_at     timestamptz
);
create index dependencies_due on {schema}.dependencies (compared_at nulls first);
