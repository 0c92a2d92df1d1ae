create table {schema}.branches (id text primary key);
