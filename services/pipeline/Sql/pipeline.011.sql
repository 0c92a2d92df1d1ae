-- A finding that is none: somebody looked, and the check is wrong. It is accepted in the same way, and counted apart.
alter table {schema}.findings add column false_alarm boolean not null default false;
