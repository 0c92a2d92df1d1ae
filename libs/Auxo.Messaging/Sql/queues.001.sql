-- The queue: one schema for all services of one database. Sending is an INSERT in the sender's transaction, so it commits with the sender's
-- events or not at all; the acknowledgement is a DELETE in the handler's transaction. docs/decisions/020 and 021 say why.
--
-- Rights: the schema belongs to auxo_queues_owner where roles exist. A service logs in as auxo_<queue>: it may publish to everybody (a SECURITY
-- DEFINER function) and reads, changes and deletes only rows of its own queue (row level security; the owner and superusers are not bound by it,
-- so an installation with one role needs nothing of this).

create table {schema}.subscriptions (
    message_type text not null,
    queue        text not null,
    primary key (message_type, queue)
);
comment on table {schema}.subscriptions is 'Who gets what. Each service writes its own rows when it starts, from its handlers; they stay while it is stopped.';

create table {schema}.envelopes (
    queue          text        not null,
    seq            bigint      generated always as identity,
    id             uuid        not null,
    message_type   text        not null,
    group_id       text,                 -- FIFO within it; null = no order
    lane           smallint    not null, -- of the group; one process owns a lane at a time
    body           json        not null,
    correlation_id text,                 -- the trace id of what began it all
    causation_id   text,                 -- the envelope or request that caused this one
    traceparent    text,                 -- W3C trace context of the sender
    sent_at        timestamptz not null,
    due            timestamptz,          -- null = now; else not before
    attempts       integer     not null default 0,
    primary key (queue, id)
) with (
    -- A queue's rows live for milliseconds: without eager vacuuming its indexes fill with dead entries that each claim walks over.
    fillfactor = 80,
    autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0,
    autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.1
);
create index envelopes_ready on {schema}.envelopes (queue, seq) where due is null;
create index envelopes_due on {schema}.envelopes (queue, due) where due is not null;
-- A message that failed holds back the later ones of its group until it succeeds or is buried. Few rows are ever here.
create index envelopes_failed on {schema}.envelopes (queue, group_id, seq) where attempts > 0;

create table {schema}.dead_letters (
    queue          text        not null,
    id             uuid        not null,
    message_type   text        not null,
    group_id       text,
    body           json        not null,
    correlation_id text,
    causation_id   text,
    traceparent    text,
    sent_at        timestamptz not null,
    attempts       integer     not null,
    buried_at      timestamptz not null,
    reason         text        not null, -- the exception's type, or unknown_message, unreadable_message
    detail         text        not null, -- its message, for people
    primary key (queue, id)
);

create table {schema}.handled_envelopes (
    queue      text        not null,
    id         uuid        not null,
    handled_at timestamptz not null,
    primary key (queue, id)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0, autovacuum_vacuum_insert_scale_factor = 0.1);
-- Rows arrive in the order of time, so a block range index finds the old ones at no cost per insert.
create index handled_envelopes_age on {schema}.handled_envelopes using brin (handled_at) with (autosummarize = on);
comment on table {schema}.handled_envelopes is 'The inbox: an envelope that is sent twice is handled once. Kept for seven days.';

-- The lane of a group. md5, because it must give the same on every version of PostgreSQL for as long as rows are kept.
create function {schema}.lane_of(p_text text) returns smallint
language sql immutable parallel safe
return (('x' || substr(md5(p_text), 1, 4))::bit(16)::integer % 16)::smallint;

-- Sends one message to everybody who subscribed; returns to how many. An envelope that is there already is left alone.
create function {schema}.publish(
    p_id uuid, p_message_type text, p_group_id text, p_body json, p_correlation_id text, p_causation_id text, p_traceparent text,
    p_sent_at timestamptz, p_due timestamptz) returns bigint
language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
    with sent as (
        insert into {schema}.envelopes
            (queue, id, message_type, group_id, lane, body, correlation_id, causation_id, traceparent, sent_at, due)
        select s.queue, p_id, p_message_type, p_group_id, {schema}.lane_of(coalesce(p_group_id, p_id::text)), p_body,
               p_correlation_id, p_causation_id, p_traceparent, p_sent_at, p_due
        from {schema}.subscriptions s
        where s.message_type = p_message_type
        on conflict (queue, id) do nothing
    )
    select count(*) from {schema}.subscriptions s where s.message_type = p_message_type;
$$;

-- Ends the handling of an envelope inside the handler's transaction. It raises, so that everything that the handler did is undone, when the
-- envelope is gone (AX001: another listener was faster) or was handled before (AX002: it was sent twice).
create function {schema}.acknowledge(p_queue text, p_id uuid, p_now timestamptz) returns void
language plpgsql as $$
begin
    delete from {schema}.envelopes where queue = p_queue and id = p_id;
    if not found then
        raise exception 'Envelope % is no longer in queue %.', p_id, p_queue using errcode = 'AX001';
    end if;
    insert into {schema}.handled_envelopes (queue, id, handled_at) values (p_queue, p_id, p_now) on conflict do nothing;
    if not found then
        raise exception 'Envelope % of queue % was handled before.', p_id, p_queue using errcode = 'AX002';
    end if;
end $$;

-- Ends many at once, after the fact: for handlers that are declared idempotent.
create function {schema}.acknowledge_all(p_queue text, p_ids uuid[], p_now timestamptz) returns void
language sql as $$
    delete from {schema}.envelopes where queue = p_queue and id = any (p_ids);
    insert into {schema}.handled_envelopes (queue, id, handled_at) select p_queue, i, p_now from unnest(p_ids) i on conflict do nothing;
$$;

-- Moves a message that cannot be handled out of the way; its group goes on.
create function {schema}.bury(p_queue text, p_id uuid, p_attempts integer, p_reason text, p_detail text, p_now timestamptz) returns void
language sql as $$
    with gone as (delete from {schema}.envelopes where queue = p_queue and id = p_id returning *)
    insert into {schema}.dead_letters
        (queue, id, message_type, group_id, body, correlation_id, causation_id, traceparent, sent_at, attempts, buried_at, reason, detail)
    select queue, id, message_type, group_id, body, correlation_id, causation_id, traceparent, sent_at, p_attempts, p_now, p_reason, p_detail
    from gone
    on conflict (queue, id) do nothing;
$$;

-- Sends buried messages of one queue again, behind what waits there now; all of them, or those named. Returns how many.
create function {schema}.replay(p_queue text, p_ids uuid[]) returns bigint
language sql as $$
    with risen as (
        delete from {schema}.dead_letters where queue = p_queue and (p_ids is null or id = any (p_ids)) returning *
    ), sent as (
        insert into {schema}.envelopes
            (queue, id, message_type, group_id, lane, body, correlation_id, causation_id, traceparent, sent_at)
        select queue, id, message_type, group_id, {schema}.lane_of(coalesce(group_id, id::text)), body, correlation_id, causation_id, traceparent, sent_at
        from risen order by buried_at, id
        on conflict (queue, id) do nothing
        returning 1
    )
    select count(*) from sent;
$$;

-- Refuses the transaction of a worker that lost its lease (AX003); see LeasedWork.
create function {schema}.require_lease(p_held boolean) returns void
language plpgsql as $$
begin
    if not p_held then
        raise exception 'The lease is lost: another worker has this work now.' using errcode = 'AX003';
    end if;
end $$;

alter table {schema}.subscriptions enable row level security;
alter table {schema}.envelopes enable row level security;
alter table {schema}.dead_letters enable row level security;
alter table {schema}.handled_envelopes enable row level security;
create policy own_queue on {schema}.subscriptions using ('auxo_' || queue = current_user);
create policy own_queue on {schema}.envelopes using ('auxo_' || queue = current_user);
create policy own_queue on {schema}.dead_letters using ('auxo_' || queue = current_user);
create policy own_queue on {schema}.handled_envelopes using ('auxo_' || queue = current_user);

revoke execute on all functions in schema {schema} from public;

-- Gives the roles of services (auxo_<queue>) their rights; does nothing where there are none. Run by the owner whenever a service starts, so that
-- roles made later than the schema are served too.
create function {schema}.admit_services() returns void
language plpgsql as $$
declare
    service name;
begin
    for service in
        select rolname from pg_roles where rolname ~ '^auxo_[a-z0-9]+$' and not has_schema_privilege(rolname, '{schema}', 'usage')
    loop
        execute format('grant usage on schema {schema} to %I', service);
        execute format('grant select on {schema}.schema_version to %I', service);
        execute format('grant select, insert, delete on {schema}.subscriptions, {schema}.envelopes, {schema}.dead_letters, {schema}.handled_envelopes to %I', service);
        execute format('grant update (due, attempts) on {schema}.envelopes to %I', service);
        execute format('grant execute on all functions in schema {schema} to %I', service);
    end loop;
end $$;
revoke execute on function {schema}.admit_services() from public;
