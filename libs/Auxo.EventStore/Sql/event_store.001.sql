-- The event store of one service. Names are Marten's; docs/decisions/010 says how to get there and back.
--
-- Order without loss rests on one invariant: a position is drawn only by a transaction that owns a transaction id already. So
-- mt_append_events writes the stream's row first and draws afterwards, the sequence has CACHE 1 (no session draws ahead), and nobody may
-- insert into mt_events or draw from its sequence but that function (docs/decisions/011).

create table {schema}.mt_streams (
    id        text primary key,
    type      text,
    version   bigint not null,
    timestamp timestamptz not null,
    created   timestamptz not null
) with (fillfactor = 80);

create sequence {schema}.mt_events_sequence cache 1;

create table {schema}.mt_events (
    seq_id         bigint primary key,
    id             uuid not null,
    stream_id      text not null,
    version        bigint not null,
    data           json not null,
    type           text not null,
    timestamp      timestamptz not null,
    correlation_id text,
    causation_id   text,
    constraint pk_mt_events_stream_and_version unique (stream_id, version)
);

-- How far each projection is. The generation changes when a rebuild swaps the documents, so that what was computed from the old ones fails.
create table {schema}.mt_event_progression (
    name         text primary key,
    last_seq_id  bigint not null default 0,
    generation   bigint not null default 0,
    last_updated timestamptz not null default transaction_timestamp()
) with (fillfactor = 50);

-- Moves a projection on, in the transaction that writes its documents. AX002: it is not where its caller thought, another process moved it.
create function {schema}.mt_mark_event_progression(shard text, since bigint, till bigint, as_generation bigint)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    update {schema}.mt_event_progression
    set last_seq_id = till, last_updated = clock_timestamp()
    where name = shard and last_seq_id = since and generation = as_generation;
    if not found then
        raise exception 'projection % is not at position % (generation %)', shard, since, as_generation using errcode = 'AX002';
    end if;
end
$$;

-- Appends to any number of streams. One element per stream: its key, type, number of events, and the version it must have
-- (null: any; 0: it must not exist). One element per event: the index of its stream, its place among that stream's new events, and itself.
-- A stream at another version raises AX001, with the key as detail; when lenient, its events are left out instead and the rest is appended.
-- Returns the appended events: their index, position, version and time.
create function {schema}.mt_append_events(
    stream_keys text[], stream_types text[], stream_counts int[], expected_versions bigint[],
    event_streams int[], event_places int[], event_ids uuid[], event_types text[], event_data json[],
    correlation_ids text[], causation_ids text[], lenient boolean)
returns table (event_index int, seq_id bigint, version bigint, "timestamp" timestamptz)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    written_at timestamptz := clock_timestamp();
    bases bigint[] := '{}';
    reached bigint;
begin
    for i in 1 .. cardinality(stream_keys) loop
        if expected_versions[i] is null then
            insert into {schema}.mt_streams as s (id, type, version, timestamp, created)
            values (stream_keys[i], stream_types[i], stream_counts[i], written_at, written_at)
            on conflict (id) do update set version = s.version + excluded.version, timestamp = excluded.timestamp
            returning s.version into reached;
        elsif expected_versions[i] = 0 then
            insert into {schema}.mt_streams as s (id, type, version, timestamp, created)
            values (stream_keys[i], stream_types[i], stream_counts[i], written_at, written_at)
            on conflict (id) do nothing
            returning s.version into reached;
        else
            update {schema}.mt_streams s
            set version = s.version + stream_counts[i], timestamp = written_at
            where s.id = stream_keys[i] and s.version = expected_versions[i]
            returning s.version into reached;
        end if;

        if reached is null and not lenient then
            raise exception 'stream % is not at version %', stream_keys[i], expected_versions[i]
                using errcode = 'AX001', detail = stream_keys[i];
        end if;
        bases := bases || (reached - stream_counts[i]);
    end loop;

    return query
        with drawn as materialized (
            select nextval('{schema}.mt_events_sequence') as position, e.index, e.stream, bases[e.stream] + e.place as version,
                   e.id, e.type, e.data, e.correlation, e.causation
            from unnest(event_streams, event_places, event_ids, event_types, event_data, correlation_ids, causation_ids)
                 with ordinality as e (stream, place, id, type, data, correlation, causation, index)
            where bases[e.stream] is not null
            order by e.index
        ), written as (
            insert into {schema}.mt_events (seq_id, id, stream_id, version, data, type, timestamp, correlation_id, causation_id)
            select d.position, d.id, stream_keys[d.stream], d.version, d.data, d.type, written_at, d.correlation, d.causation from drawn d
        )
        select d.index::int, d.position, d.version, written_at from drawn d;
end
$$;

revoke all on function {schema}.mt_append_events from public;

do $$
begin
    if exists (select from pg_roles where rolname = 'auxo_{schema}') then
        revoke insert, update, delete, truncate on {schema}.mt_events, {schema}.mt_streams from auxo_{schema};
        revoke all on sequence {schema}.mt_events_sequence from auxo_{schema};
        grant execute on function {schema}.mt_append_events to auxo_{schema};
    end if;
end
$$;
