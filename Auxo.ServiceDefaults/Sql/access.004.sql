-- Which repositories everybody may read, without a token. Runs again without harm.
create table if not exists access.public_repositories (
    rid        text primary key,
    -- Since when, and by whose token.
    public_at  timestamptz not null,
    public_by  text not null
);

select access.let_services_read('on access.public_repositories');

-- Ingest alone writes it, since it alone reads whether Radicle keeps a repository private.
do $$
begin
    if exists (select 1 from pg_roles where rolname = 'auxo_ingest') then
        grant insert, delete on access.public_repositories to auxo_ingest;
    end if;
end
$$;
