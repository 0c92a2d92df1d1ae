-- Who holds tokens, and what became of a token. Runs again without harm.
create table if not exists access.accounts (
    -- What its tokens are called, and what stands in events as the one who did something.
    name        text primary key check (name ~ '^[A-Za-z0-9][A-Za-z0-9 ._@-]{0,99}$'),
    -- What for, for people.
    description text        not null default '',
    created_at  timestamptz not null default now(),
    created_by  text
);

alter table access.tokens add column if not exists created_by text;
alter table access.tokens add column if not exists revoked_by text;
-- The token that took its place, when it was rotated.
alter table access.tokens add column if not exists replaced_by uuid references access.tokens;

do $$
begin
    if exists (select 1 from pg_roles where rolname = 'auxo_registry') then
        grant select, insert, update on access.accounts to auxo_registry;
    end if;
end
$$;
