-- The service's own tables. What happened is in the event store; here is what has no history: secrets, receipts, work in progress.

create table {schema}.webhook_secrets (
    rid        text        primary key,
    secret     text        not null check (length(secret) >= 16), -- HMAC needs the secret itself, so it cannot be hashed
    created_at timestamptz not null
);

-- One row per webhook that was accepted: what makes a repeated delivery recognisable, and a proof that it came.
create table {schema}.receipts (
    content_key bytea       primary key, -- SHA-256 over repository and raw body
    rid         text        not null,
    event       text        not null,
    patch_id    text,
    commit_id   text,
    branch      text,
    context     text,
    status_url  text,
    seeder      text,
    signed      boolean     not null,
    trace_id    text,
    received_at timestamptz not null
);
create index receipts_age on {schema}.receipts using brin (received_at);

-- The wanted text of one comment per build, and how far it got.
create table {schema}.comment_outbox (
    key          text        primary key,
    rid          text        not null,
    patch_id     text        not null,
    revision_id  text        not null,
    build_id     uuid        not null,
    seq          integer     not null,
    body         text        not null,
    final        boolean     not null,
    state        text        not null default 'waiting' check (state in ('waiting', 'posting', 'posted', 'dropped')),
    reason       text,
    attempts     integer     not null default 0, -- that failed, since the last success
    operations   integer     not null default 0, -- texts that were begun to be written; every one stays in everybody's storage
    begun_seq    integer,                        -- the last text that was begun
    comment_id   text,
    not_before   timestamptz,
    created_at   timestamptz not null,
    updated_at   timestamptz not null, -- also moves when the comment is only looked for once more
    posted_at    timestamptz,          -- since when the present text stands
    -- A comment that was written and signed can still be lost: another rad of the same key, which read before our write, overwrites
    -- the ref without comparing. So a posted comment is looked for once more when such a program must have ended.
    confirm_at   timestamptz,
    trace_id     text, -- under which it was asked for
    lease_owner  uuid,
    lease_epoch  bigint      not null default 0,
    leased_until timestamptz
);
create index comment_outbox_open on {schema}.comment_outbox (not_before) where state in ('waiting', 'posting');
create index comment_outbox_confirm on {schema}.comment_outbox (confirm_at) where confirm_at is not null;
create index comment_outbox_patch on {schema}.comment_outbox (rid, patch_id);
create index comment_outbox_build on {schema}.comment_outbox (build_id);
