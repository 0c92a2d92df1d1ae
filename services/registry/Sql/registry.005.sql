-- What steps fetched is said together with what they built: a build that ended, whoever fetched how much.
create table {schema}.builds (
    build_id        uuid primary key,
    rid             text collate "C" not null,
    repository_name text             not null,
    ref             text             not null,
    commit_id       text collate "C" not null,
    built_as        text collate "C", -- the commit whose files were built, where that is another one
    finished_at     timestamptz      not null
);
create index builds_finished on {schema}.builds (finished_at);

-- The repository may be gone when somebody asks. Null in rows from before; the repository's own is taken then.
alter table {schema}.fetches add column format text;

-- Which tags of images cleaning up may remove.
alter table {schema}.repositories add column cleanup_tags text[] not null default '{}';
