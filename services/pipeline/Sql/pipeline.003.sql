-- What the pipeline files of the default branches say of times.
create table {schema}.schedules (
    rid         text not null,
    name        text not null,
    cron        text not null,
    -- Null is the machine's.
    zone        text,
    jitter      interval not null,
    catch_up    interval not null,
    -- Null is the default one.
    branch      text,
    -- The newest slot that was decided, or since when this counts: nothing is owed for what is not after it.
    since       timestamptz not null,
    -- When to look at it next.
    next_at     timestamptz,
    -- No longer in the file, or its repository is no longer followed. The row stays: it says who switched it off.
    gone        boolean not null default false,
    disabled_by text,
    disabled_at timestamptz,
    missed      integer not null default 0,
    missed_at   timestamptz,
    last_build  uuid,
    primary key (rid, name)
);

create index schedules_due on {schema}.schedules (next_at) where not gone and disabled_at is null;
