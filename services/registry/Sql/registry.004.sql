-- Two formats more, which there are as mirrors only.
alter table {schema}.repositories
    drop constraint repositories_format_check,
    add constraint repositories_format_check check (format in ('raw', 'npm', 'pypi', 'nuget', 'oci', 'debian', 'brew'));
