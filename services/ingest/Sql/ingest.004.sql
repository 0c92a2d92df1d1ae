-- The end of the build that speaks, which is written as its commit's job together with the verdict.
alter table {schema}.comment_outbox add column build_end text;
