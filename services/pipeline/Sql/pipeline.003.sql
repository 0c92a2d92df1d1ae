-- What began a build: the correlation id of its first event, under which the whole story of a push is told. Empty when there was none.
alter table {schema}.builds add column trace_id text not null default '';
update {schema}.builds b set trace_id = e.correlation_id
from {schema}.mt_events e where e.stream_id = 'build/' || b.build_id and e.version = 1 and e.correlation_id is not null;
create index builds_of_trace on {schema}.builds (trace_id) where trace_id <> '';
