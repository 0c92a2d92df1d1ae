-- Documents are packs of facts now (docs/decisions/113): they are computed anew, from the first event on.
truncate {schema}.mt_doc_fact_day;
delete from {schema}.mt_event_progression where name = 'FactDays:All';

-- Packs are mostly ids, which nothing compresses: trying would cost more than reading them.
alter table {schema}.mt_doc_fact_day alter column data set storage external;

-- What Histories asks for: the packs of one repository (an id is its name, a slash and a day), and what has changed since a position. A rebuild's table takes
-- indexes and storage over.
drop index if exists {schema}.mt_doc_fact_day_rid;
create index mt_doc_fact_day_repository on {schema}.mt_doc_fact_day ((left(id, -11)), mt_version);
create index mt_doc_fact_day_version on {schema}.mt_doc_fact_day (mt_version);
