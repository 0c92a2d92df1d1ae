-- The form that somebody gave a channel's messages, in Liquid. No secret stands in it.
create table {schema}.templates (
    channel text        primary key,
    source  text        not null,
    set_by  text        not null,
    set_at  timestamptz not null
);
