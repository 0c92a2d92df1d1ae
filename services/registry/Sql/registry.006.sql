-- What uploads under way have together counts against the quota of their repository.
create index oci_uploads_of_repository on {schema}.oci_uploads (repository);
