-- What the agent of each node told last. The name is that of its token; a node has one.
create table {schema}.mesh_nodes (
    name     text primary key,
    nid      text not null unique,
    -- By this machine's clock: those of the nodes may be wrong by years.
    received timestamptz not null,
    report   jsonb not null
);
