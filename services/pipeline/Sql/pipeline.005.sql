-- Every merge of a patch, and whether exactly its result had passed by then.
create table {schema}.merges (
    rid       text not null,
    patch_id  text not null,
    commit_id text not null,
    merged_by text,
    merged_at timestamptz not null,
    seen_at   timestamptz not null,
    passed    boolean not null,
    -- The build that decided; null where there was none.
    build_id  uuid,
    reason    text not null,
    primary key (rid, patch_id, commit_id)
);

create index merges_newest on {schema}.merges (seen_at desc);
