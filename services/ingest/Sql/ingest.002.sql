-- What a verdict says at lines of the code; null: what stands there stays.
alter table {schema}.comment_outbox add column remarks text;
