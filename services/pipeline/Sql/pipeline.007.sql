-- Other machines that run the steps of builds. A runner has no access to this database: it asks the pipeline over HTTP.
create table {schema}.runners (
    name       text primary key,
    -- What an administrator gave it. What the machine itself is (system, processor) is in "given".
    labels     text[] not null,
    -- It takes only builds that ask for one of its labels.
    reserved   boolean not null,
    -- It takes builds of authors who are not trusted.
    strangers  boolean not null,
    state      text not null check (state in ('active', 'paused', 'draining')),
    changed_by text not null,
    changed_at timestamptz not null,
    -- What it said of itself when it asked last; null before the first time.
    seen_at    timestamptz,
    given      text[] not null default '{}',
    capacity   int not null default 0,
    sandbox    text not null default '',
    version    text not null default ''
);

-- Builds whose steps are, or were, with a runner.
create table {schema}.handovers (
    build_id uuid primary key,
    -- Who has it now; null while nobody has, and it waits for the next machine.
    runner   text,
    -- The process of that runner; another process of the same runner has lost what this one had.
    session  uuid,
    -- Stands in every call about this build.
    lease    uuid,
    -- How often a machine was lost with it.
    losses   int not null default 0,
    -- Who had it last.
    last     text
);

-- What a machine must have to run the steps.
alter table {schema}.builds add column labels text[] not null default '{}';
-- False when it has no steps that may run now: then it needs no machine but the main one.
alter table {schema}.builds add column steps boolean not null default true;
