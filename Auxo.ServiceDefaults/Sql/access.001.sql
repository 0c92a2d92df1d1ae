-- Who may do what: bearer tokens, known by their hashes only. All services read this table; the AppHost seeds it and the registry writes it.
-- Runs again without harm.
create schema if not exists access;

create table if not exists access.tokens (
    id         uuid primary key default gen_random_uuid(),
    name       text not null,
    -- SHA-256 over the token's text in UTF-8. The token itself is random (256 bits), so no salt and no slow hash are needed.
    hash       bytea not null unique check (octet_length(hash) = 32),
    -- Such as {pipeline:read,pipeline:write}; {admin} implies them all.
    scopes     text[] not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz,
    revoked_at timestamptz
);

-- Lets every service read something, such as 'on access.tokens' or '(name, role) on access.people'.
-- The roles exist when the AppHost or the operator made them; a single-role database needs no grants.
create or replace function access.let_services_read(what text) returns void language plpgsql as $$
declare
    service text;
begin
    foreach service in array array['ingest', 'pipeline', 'notify', 'metrics', 'registry'] loop
        if exists (select 1 from pg_roles where rolname = 'auxo_' || service) then
            execute format('grant usage on schema access to %I', 'auxo_' || service);
            execute format('grant select %s to %I', what, 'auxo_' || service);
        end if;
    end loop;
end
$$;

select access.let_services_read('on access.tokens');

do $$
begin
    if exists (select 1 from pg_roles where rolname = 'auxo_registry') then
        grant insert, update on access.tokens to auxo_registry;
    end if;
end
$$;
