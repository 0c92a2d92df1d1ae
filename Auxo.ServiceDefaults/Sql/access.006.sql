-- Who tried to get in: one row for all tries of one day that are alike. Runs again without harm.
create table if not exists access.authentications (
    day      date        not null, -- of UTC
    service  text        not null,
    kind     text        not null, -- with what, such as bearer or basic
    refusal  text        not null, -- why not; empty for who was let in
    address  text        not null, -- from where; 'many' beyond the bound
    name     text        not null, -- the account; empty where there is none of that name
    token    text        not null, -- its id, never its text
    first_at timestamptz not null,
    last_at  timestamptz not null,
    times    bigint      not null,
    primary key (day, service, kind, refusal, address, name, token)
);
create index if not exists authentications_last on access.authentications (last_at desc);

select access.let_services_read('on access.authentications');
-- A name that somebody typed is written down only when it is one of these.
select access.let_services_read('(name) on access.accounts');

do $$
declare
    service text;
begin
    foreach service in array array['ingest', 'pipeline', 'notify', 'metrics', 'registry'] loop
        if exists (select 1 from pg_roles where rolname = 'auxo_' || service) then
            execute format('grant insert, update on access.authentications to %I', 'auxo_' || service);
        end if;
    end loop;
    if exists (select 1 from pg_roles where rolname = 'auxo_registry') then
        grant delete on access.authentications to auxo_registry;
    end if;
end
$$;

-- Whose person it is: 'ldap' or 'oidc'; null for Auxo's own. Such a session has scopes of its own, which her groups had at its begin.
alter table access.accounts add column if not exists directory text;
alter table access.tokens add column if not exists directory text;
