-- What was last read of each default branch for the health of its repository: what is due is what is not like this any more.
create table {schema}.surveys (
    rid         text primary key,
    -- Null until one succeeded.
    head        text,
    ruling      text not null,
    surveyed_at timestamptz,
    -- When it could not be read; null when the last time succeeded.
    failed_at   timestamptz,
    -- What git keeps, looked through more rarely.
    objects     jsonb,
    objects_at  timestamptz
);
