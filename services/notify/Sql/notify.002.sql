-- When it was last said again, which told nobody anything. What is still said must not be forgotten: it would be told once more.
alter table {schema}.notifications add column repeated_at timestamptz;
