-- The findings of default branches over time, one row for each that was ever seen and is not forgotten.
create table {schema}.findings (
    rid             text not null,
    -- A digest of its fingerprint when it was first seen; it keeps it when its file is renamed.
    id              text not null,
    -- The fingerprint and where it stands now.
    check_name      text not null,
    rule            text not null,
    path            text not null,
    content         text not null,
    blob            text not null,
    line            int,
    -- As in Auxo.Contracts.Severity: 0 info … 4 critical.
    severity        smallint not null,
    message         text not null,
    -- True when the commit of opened_at need not be its cause.
    was_there       boolean not null,
    opened_at       timestamptz not null,
    opened_commit   text not null,
    opened_build    uuid not null,
    opened_by       text,
    -- Since when it is or was open without a break, and by whom it was opened again.
    open_since      timestamptz not null,
    reopenings      int not null,
    reopened_commit text,
    reopened_build  uuid,
    reopened_by     text,
    -- True while it is fixed; what stands beside it of the last fix stays when it is open again.
    is_fixed        boolean not null,
    fixed_at        timestamptz,
    fixed_commit    text,
    fixed_build     uuid,
    fixed_by        text,
    fixed_how       text,
    -- Of the entry in .auxo/suppressions.yaml; accepted_by is null when there is none, accepted_until for good.
    accepted_until  date,
    accepted_by     text,
    accepted_reason text,
    primary key (rid, id)
);

create index findings_open on {schema}.findings (rid, severity desc, open_since desc, id desc) where not is_fixed;
create index findings_fixed on {schema}.findings (rid, fixed_at desc, id desc) where is_fixed;

-- What a build of a default branch saw, until the build ends: then it is in the table above, or nowhere.
create table {schema}.finding_looks (
    build_id uuid primary key,
    look     jsonb not null
);
