-- What every service's schema holds beside what Marten and Wolverine make.

-- Refuses the transaction of a worker that lost its lease (AX003); see LeasedWork.
create function {schema}.require_lease(held boolean) returns void
language plpgsql as $$
begin
    if not held then
        raise exception 'The lease is lost: another worker has this work now.' using errcode = 'AX003';
    end if;
end $$;

-- How many processes ended while they had a message in hand; see MessageDeaths.
create table {schema}.message_deaths (
    envelope_id uuid primary key,
    deaths      integer not null
);
