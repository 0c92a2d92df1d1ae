-- Repositories of other formats than raw, packages with their versions, and what was fetched from upstream.

alter table {schema}.repositories
    add column format text not null default 'raw' check (format in ('raw', 'npm', 'pypi', 'nuget', 'oci')),
    -- Whoever reaches the registry may read, without a token.
    add column anonymous_read boolean not null default false,
    -- Where what is not ours is fetched from; null: only what was published here.
    add column upstream text,
    -- Versions that are younger are not offered, but those of packages that match one of the patterns.
    add column cooldown_days integer not null default 0 check (cooldown_days between 0 and 365),
    add column cooldown_off text[] not null default '{}',
    -- What was fetched is looked after so often, even when nobody asks for it.
    add column refresh_days integer not null default 7 check (refresh_days between 1 and 365),
    -- What was fetched from upstream and is kept; it may have as much room again as what was published.
    add column mirrored_bytes bigint not null default 0 check (mirrored_bytes >= 0),
    add column upstream_asked_at timestamptz, -- the last answer
    add column upstream_failed_at timestamptz, -- the last try without one
    add column upstream_failure text;

-- A package that was published here: its name is ours, and never asked upstream.
create table {schema}.packages (
    repository text collate "C" not null references {schema}.repositories on delete cascade,
    name       text collate "C" not null, -- in the normal form of its format
    -- Counts its changes: rendered documents are kept by it.
    revision   bigint           not null,
    created_at timestamptz      not null,
    changed_at timestamptz      not null,
    primary key (repository, name)
);

create table {schema}.package_versions (
    repository   text collate "C" not null,
    name         text collate "C" not null,
    version      text collate "C" not null,
    position     bigint generated always as identity, -- the order of publishing
    -- What the format says of it, as JSON; text, since its bytes shall stay.
    metadata     text             not null,
    -- deprecated, yanked or unlisted, each with its reason.
    marks        jsonb            not null default '{}',
    published_at timestamptz      not null,
    published_by text             not null,
    primary key (repository, name, version),
    foreign key (repository, name) references {schema}.packages on delete cascade
);

create table {schema}.package_files (
    repository text collate "C" not null,
    name       text collate "C" not null,
    version    text collate "C" not null,
    file       text collate "C" not null,
    digest     text collate "C" not null references {schema}.blobs,
    size_bytes bigint           not null,
    media_type text             not null,
    metadata   text,
    stored_at  timestamptz      not null,
    primary key (repository, name, file),
    foreign key (repository, name, version) references {schema}.package_versions on delete cascade
);
create index package_files_of_blob on {schema}.package_files (digest);

create table {schema}.package_tags (
    repository text collate "C" not null,
    name       text collate "C" not null,
    tag        text collate "C" not null,
    version    text collate "C" not null,
    primary key (repository, name, tag),
    foreign key (repository, name, version) references {schema}.package_versions on delete cascade
);

-- What upstream said, by what was asked: a list of versions, an index. Asked again when it is old; kept when upstream is away.
create table {schema}.mirrored_documents (
    repository    text collate "C" not null references {schema}.repositories on delete cascade,
    key           text collate "C" not null,
    source        text             not null, -- the address that it came from
    accept        text             not null, -- in which form it was asked for
    size_bytes    bigint           not null,
    -- Null: upstream has no such thing.
    digest        text collate "C" references {schema}.blobs,
    media_type    text,
    etag          text,
    last_modified text,
    fetched_at    timestamptz not null, -- when it got this content
    checked_at    timestamptz not null, -- when upstream last said so
    used_at       timestamptz not null,
    primary key (repository, key)
) with (fillfactor = 80);
create index mirrored_documents_of_blob on {schema}.mirrored_documents (digest);

-- Files of upstream, which never change: the first content that was seen under a name stays.
create table {schema}.mirrored_files (
    repository text collate "C" not null references {schema}.repositories on delete cascade,
    key        text collate "C" not null,
    digest     text collate "C" not null references {schema}.blobs,
    size_bytes bigint           not null,
    media_type text             not null,
    source     text             not null, -- the address that it came from
    promised   text, -- the digest that upstream named for it, such as sha512-…
    fetched_at timestamptz      not null,
    used_at    timestamptz      not null,
    primary key (repository, key)
) with (fillfactor = 80);
create index mirrored_files_of_blob on {schema}.mirrored_files (digest);

-- Which content was handed out to whom: what a build was made of. Each build, or each caller a day, has a content once.
create table {schema}.fetches (
    day        date             not null,
    caller     text collate "C" not null, -- the token's name; 'build ID' for a build's own
    repository text collate "C" not null,
    package    text collate "C" not null,
    version    text             not null,
    file       text collate "C" not null,
    digest     text collate "C" not null,
    source     text             not null, -- upstream's address, or empty for what was published here
    fetched_at timestamptz      not null, -- the first time
    times      bigint           not null,
    primary key (day, caller, repository, package, file, digest)
);
create index fetches_of_caller on {schema}.fetches (caller, fetched_at desc);
create index fetches_of_package on {schema}.fetches (package, fetched_at desc);
create index fetches_of_digest on {schema}.fetches (digest);
