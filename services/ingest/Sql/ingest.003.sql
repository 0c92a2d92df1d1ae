-- How the last build of a commit ended, for webhooks that ask for it and come after it.
create table {schema}.commit_results (
    rid         text        not null,
    commit_id   text        not null,
    state       text        not null,
    description text        not null,
    target      text,
    ended_at    timestamptz not null,
    primary key (rid, commit_id)
);
create index commit_results_age on {schema}.commit_results (ended_at);
create index receipts_status on {schema}.receipts (rid, commit_id) where status_url is not null;
