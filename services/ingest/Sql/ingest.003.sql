-- Under which correlation id a comment was asked for, so that the story of a push can be told to its end.
alter table {schema}.comment_outbox add column trace_id text;
-- Since when the present text stands; updated_at also moves when it is only looked for once more.
alter table {schema}.comment_outbox add column posted_at timestamptz;
create index comment_outbox_patch on {schema}.comment_outbox (rid, patch_id);
create index comment_outbox_build on {schema}.comment_outbox (build_id);
