-- People hear of things in their own way: by which of their channels, when, and what waits for their digest.

-- Whom a delivery is for; null where a route names the channel itself.
alter table {schema}.deliveries add column reader text;

-- What waits for a reader's next digest, which is made of it when it is due.
create table {schema}.held (
    reader          text        not null,
    notification_id uuid        not null references {schema}.notifications,
    route           text        not null,
    reason          text        not null,
    held_at         timestamptz not null,
    primary key (reader, notification_id)
);
create index held_notification on {schema}.held (notification_id);

-- Which digests were made: one for each reader and day of hers, however often the clock says so.
create table {schema}.digests (
    reader          text        not null,
    day             date        not null,
    notification_id uuid        not null,
    items           integer     not null,
    made_at         timestamptz not null,
    primary key (reader, day)
);
