-- The facts of one repository, those that changed since a position first: what Histories asks for. A rebuild's table takes the index over.
create index mt_doc_fact_day_rid on {schema}.mt_doc_fact_day ((data->>'rid'), mt_version);
