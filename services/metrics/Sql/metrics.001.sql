-- Packs of facts are mostly ids, which nothing compresses: trying would cost more than reading them.
alter table {schema}.mt_doc_fact_day alter column data set storage external;
