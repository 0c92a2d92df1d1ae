-- Scans are schedules that every repository has without declaring them.
alter table {schema}.schedules
    -- False for one that no pipeline file names.
    add column declared   boolean not null default true,
    -- The pipeline file has it switched off, or the operator where the file says nothing. A person's switch counts more.
    add column off        boolean not null default false,
    add column enabled_by text,
    add column enabled_at timestamptz,
    -- Why the newest slot, which was then, made no build: there was nothing to look at.
    add column idle       text,
    add column idle_at    timestamptz;

-- The name of the scan; null for every other build.
alter table {schema}.builds add column scan text;
create index builds_scan on {schema}.builds (rid, scan, queued_at) where scan is not null;
