-- Since when a repository is no longer followed: what was seen before then is not built any more. Null while it is followed.
alter table {schema}.repositories add column untracked_at timestamptz;

-- That an interim comment was sent is part of the build's story now (build_announced), so that the verdict can replace it.
alter table {schema}.builds drop column announced;

-- The commits that ingest told as trusted: what somebody names by hand is compared with them.
create index builds_trusted on {schema}.builds (rid, queued_at desc) where trust = 'Trusted' and trigger in ('Patch', 'Branch');
