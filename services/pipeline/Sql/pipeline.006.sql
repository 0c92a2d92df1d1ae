-- What steps may be given. The keys of the values are in no database.
create table {schema}.secrets (
    -- Empty for all repositories.
    rid        text not null,
    name       text not null,
    -- AES-256-GCM: nonce, text, tag; with repository and name.
    value      bytea not null,
    key_id     text not null,
    -- Patterns; empty is the default branch and tags.
    branches   text[] not null,
    -- Patterns; empty is every step that names it.
    steps      text[] not null,
    patches    text not null check (patches in ('None', 'Trusted', 'Approved')),
    set_by     text not null,
    set_at     timestamptz not null,
    -- The newest build that was given it.
    used_at    timestamptz,
    used_by    uuid,
    primary key (rid, name)
);
