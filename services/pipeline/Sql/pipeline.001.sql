-- What the runner works through and the lists read. The history of each build is its stream; this is only where to find it.
create table {schema}.builds (
    build_id     uuid primary key,
    rid          text not null,
    trigger      text not null,
    -- The patch or the ref: a newer build of the same subject makes an older one pointless.
    subject      text not null,
    commit_id    text not null,
    attempt      int not null,
    trust        text not null,
    queued_at    timestamptz not null,
    -- ready: for a runner; held: waits for approval; done: has its verdict.
    state        text not null check (state in ('ready', 'held', 'done')),
    -- What began it: the correlation id of its first event, which all that follows from a push shares. Empty when there was none.
    trace_id     text not null default '',
    lease_owner  uuid,
    lease_epoch  bigint not null default 0,
    leased_until timestamptz
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200);

create index builds_ready on {schema}.builds (queued_at, build_id) where state = 'ready';
create index builds_open on {schema}.builds (rid, subject) where state <> 'done';
create index builds_newest on {schema}.builds (queued_at desc, build_id desc);
create index builds_of_repository on {schema}.builds (rid, queued_at desc, build_id desc);
create index builds_of_commit on {schema}.builds (commit_id, rid);
create index builds_of_trace on {schema}.builds (trace_id) where trace_id <> '';
-- The commits that ingest told as trusted: what somebody names by hand is compared with them.
create index builds_trusted on {schema}.builds (rid, queued_at desc) where trust = 'Trusted' and trigger in ('Patch', 'Branch');

-- What ingest told of the repositories it follows.
create table {schema}.repositories (
    rid            text primary key,
    name           text not null,
    default_branch text not null,
    source         text not null,
    head           text,
    -- Since when it is no longer followed: what was seen before then is not built any more. Null while it is followed.
    untracked_at   timestamptz
);

-- An approval is of one exact commit; running it again needs no second one.
create table {schema}.approvals (
    rid         text not null,
    commit_id   text not null,
    approved_by text not null,
    approved_at timestamptz not null,
    primary key (rid, commit_id)
);
