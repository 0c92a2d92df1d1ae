-- A message whose handler ends the process (it overflows the stack, or eats all memory) leaves no exception to count. What waits when a process takes a lane
-- may be what ended the process before, so for that alone a death is counted in advance, and taken back when it comes to any other end.
alter table {schema}.envelopes add column deaths integer not null default 0;

create or replace function {schema}.admit_services() returns void
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
        execute format('grant update (due, attempts, deaths) on {schema}.envelopes to %I', service);
        execute format('grant execute on all functions in schema {schema} to %I', service);
    end loop;
end $$;

-- Those that were let in before.
do $$
declare
    service name;
begin
    for service in
        select rolname from pg_roles where rolname ~ '^auxo_[a-z0-9]+$' and has_column_privilege(rolname, '{schema}.envelopes', 'attempts', 'update')
    loop
        execute format('grant update (deaths) on {schema}.envelopes to %I', service);
    end loop;
end $$;
