-- People who sign in. Runs again without harm.
create table if not exists access.people (
    -- An account too, so that no service account has the same name: what stands in events is clear.
    name       text primary key references access.accounts on delete cascade,
    -- What it may is said by the code (Roles), so that a newer Auxo can change it for everybody.
    role       text        not null check (role in ('admin', 'developer', 'viewer')),
    -- As ASP.NET Core's PasswordHasher writes it; null for somebody who signs in by key only.
    password   text,
    created_at timestamptz not null default now(),
    created_by text
);

-- One key is one person's.
create table if not exists access.person_keys (
    did    text primary key,
    person text not null references access.people on delete cascade
);

-- Whose session a token is; null for a token of a service account. No reference: what was stays when the person is gone,
-- and a session without its person opens nothing.
alter table access.tokens add column if not exists person text;

-- Who has which role; passwords are for the registry alone.
select access.let_services_read('(name, role) on access.people');

do $$
begin
    if exists (select 1 from pg_roles where rolname = 'auxo_registry') then
        grant select, insert, update, delete on access.people, access.person_keys to auxo_registry;
        grant delete on access.accounts, access.tokens to auxo_registry;
    end if;
end
$$;
