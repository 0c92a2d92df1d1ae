-- The group of builds of which one runs at a time; null runs whenever there is room.
alter table {schema}.builds add column concurrency text;

create index builds_concurrency on {schema}.builds (rid, concurrency) where state = 'ready' and concurrency is not null;
