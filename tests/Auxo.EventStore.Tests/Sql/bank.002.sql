alter table {schema}.branches add column city text;
