-- The service's own tables. How channels and routes came to be what they are is in the event store; here are secrets and work in progress.

-- What only the sender needs: addresses, which are secrets themselves at many receivers, keys and passwords. No other role may read this schema.
create table {schema}.channel_settings (
    channel    text        primary key,
    settings   json        not null,
    updated_at timestamptz not null
);

-- What is sent, once per message however many channels get it. json and not jsonb: it is written once and sent as it is.
create table {schema}.notifications (
    id             uuid        primary key, -- of the message it was made from
    type           text        not null,
    level          text        not null,
    title          text        not null,
    rid            text,
    correlation_id text,                    -- the trace id of what began it all
    body           json        not null,
    created_at     timestamptz not null,
    repeated_at    timestamptz              -- when it was last said again; what is still said must not be forgotten, or it would be sent once more
);
create index notifications_age on {schema}.notifications using brin (created_at);
create index notifications_trace on {schema}.notifications (correlation_id) where correlation_id is not null;

-- One row per notification and channel that hears it, planned in the transaction that handles the message.
create table {schema}.deliveries (
    id              text        primary key, -- the webhook-id: the same for every attempt, whoever makes it
    notification_id uuid        not null references {schema}.notifications,
    route           text,                    -- the route that wanted it; null for a test of the channel
    channel         text        not null,
    state           text        not null check (state in ('waiting', 'sending', 'delivered', 'dead')),
    reason          text,                    -- what it waits for, or why it was given up
    status          integer,                 -- of the last answer, where the protocol has one
    attempts        integer     not null default 0,
    attempts_before integer     not null default 0, -- of them, before the last replay
    since           timestamptz not null,    -- planned, or last replayed
    due             timestamptz not null,
    created_at      timestamptz not null,
    updated_at      timestamptz not null
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
create index deliveries_open on {schema}.deliveries (channel, due) where state in ('waiting', 'sending');
create index deliveries_newest on {schema}.deliveries (created_at desc, id desc);
create index deliveries_notification on {schema}.deliveries (notification_id);

-- The delivery log: what each attempt came to.
create table {schema}.delivery_attempts (
    delivery_id text             not null references {schema}.deliveries on delete cascade,
    attempt     integer          not null, -- from 1
    outcome     text             not null check (outcome in ('delivered', 'failed', 'interrupted')),
    status      integer,
    detail      text,
    excerpt     text,                      -- the beginning of the answer
    seconds     double precision,
    ended_at    timestamptz      not null,
    primary key (delivery_id, attempt)
);

-- One sender at a time per channel: a receiver that hangs or asks for a pause holds up nobody but itself.
create table {schema}.channel_lanes (
    channel      text        primary key,
    failures     integer     not null default 0, -- rounds in a row in which nothing arrived
    paused_until timestamptz,
    pause_reason text,
    lease_owner  uuid,
    lease_epoch  bigint      not null default 0,
    leased_until timestamptz
) with (fillfactor = 80);
