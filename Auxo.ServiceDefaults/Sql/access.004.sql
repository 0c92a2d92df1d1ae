-- Which repositories everybody may read, without a token. Runs again without harm.
create table if not exists access.public_repositories (
    rid        text primary key,
    -- Since when, and by whose token.
    public_at  timestamptz not null,
    public_by  text not null
);

-- Ingest alone writes it, since it alone reads whether Radicle keeps a repository private.
do $$
declare
    service text;
begin
    foreach service in array array['ingest', 'pipeline', 'notify', 'metrics', 'registry'] loop
        if exists (select 1 from pg_roles where rolname = 'auxo_' || service) then
            execute format('grant select on access.public_repositories to %I', 'auxo_' || service);
        end if;
    end loop;
    if exists (select 1 from pg_roles where rolname = 'auxo_ingest') then
        grant insert, delete on access.public_repositories to auxo_ingest;
    end if;
end
$$;
