-- What the registry holds. What happened is in the event store; here is where the bytes are, who refers to them, and the work in progress.

create table {schema}.repositories (
    name        text collate "C" primary key,
    quota_bytes bigint      not null check (quota_bytes > 0),
    -- The sizes of its files, counted once per file even where two have the same content: what a user can work out.
    used_bytes  bigint      not null default 0 check (used_bytes >= 0),
    file_count  bigint      not null default 0 check (file_count >= 0),
    -- A file that is there is never replaced; deleting it is a decision of its own.
    immutable   boolean     not null,
    created_at  timestamptz not null
);

-- A row per content on the disk. The row is written before its file is moved into place and locked while the file is taken away, so a reference (a
-- foreign key below) can never point to a content that is being removed.
create table {schema}.blobs (
    digest       text collate "C" primary key check (digest ~ '^[0-9a-f]{64}$'), -- SHA-256
    size_bytes   bigint      not null check (size_bytes >= 0),
    stored_at    timestamptz not null,
    pinned_until timestamptz not null -- somebody is about to refer to it
) with (fillfactor = 80);
create index blobs_pinned on {schema}.blobs (pinned_until);

create table {schema}.files (
    repository text collate "C" not null references {schema}.repositories,
    path       text collate "C" not null,
    digest     text collate "C" not null references {schema}.blobs,
    size_bytes bigint           not null,
    media_type text             not null,
    stored_at  timestamptz      not null,
    stored_by  text             not null,
    primary key (repository, path)
);
create index files_of_blob on {schema}.files (digest);

-- Builds whose files are to be published, or are.
create table {schema}.publications (
    build_id      uuid primary key,
    rid           text collate "C" not null,
    ref           text             not null,
    commit_id     text collate "C" not null,
    trigger       text             not null,
    finished_at   timestamptz      not null,
    state         text             not null check (state in ('waiting', 'published', 'failed', 'expired')),
    reason        text,
    attempts      integer          not null default 0,
    not_before    timestamptz,
    published_at  timestamptz,
    downloaded_at timestamptz,
    lease_owner   uuid,
    lease_epoch   bigint           not null default 0,
    leased_until  timestamptz
) with (fillfactor = 80);
create index publications_waiting on {schema}.publications (not_before) where state = 'waiting';
create index publications_newest on {schema}.publications (published_at desc, build_id desc) where state = 'published';
create index publications_of_repository on {schema}.publications (rid, published_at desc, build_id desc) where state = 'published';
create index publications_of_commit on {schema}.publications (commit_id, published_at) where state = 'published';

create table {schema}.published_files (
    build_id   uuid   not null references {schema}.publications,
    name       text collate "C" not null,
    media_type text   not null,
    digest     text collate "C" not null,
    size_bytes bigint not null,
    -- The same digest, once the bytes are here.
    blob       text collate "C" references {schema}.blobs,
    primary key (build_id, name)
);
create index published_files_of_blob on {schema}.published_files (blob);

-- The heads that a default branch has had, in the order in which they became it: what 'latest' goes by.
create table {schema}.heads (
    rid       text collate "C" not null,
    commit_id text collate "C" not null,
    position  bigint generated always as identity,
    primary key (rid, commit_id)
);

-- Ends a transaction that would take a repository over its quota.
create function {schema}.require_room(has_room boolean, repository text) returns void
language plpgsql as $$
begin
    if not has_room then raise exception 'the repository % is gone or has no room', repository using errcode = 'AX010'; end if;
end
$$;
