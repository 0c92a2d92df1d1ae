-- A comment that was written and signed can still be lost: another rad of the same key, which read before our write, overwrites the ref without comparing.
-- So a posted comment is looked for once more when such a program must have ended.
alter table {schema}.comment_outbox add column confirm_at timestamptz;
create index comment_outbox_confirm on {schema}.comment_outbox (confirm_at) where confirm_at is not null;
