-- No two accounts differ by capital letters only, so that nobody is taken for somebody else. Of two that are made at once, the second
-- finds its name taken. A person is an account, too. Runs again without harm.
do $$
declare
    same text;
begin
    if to_regclass('access.accounts_name_once') is not null then
        return;
    end if;
    select string_agg(names, '; ' order by names) into same from (
        select string_agg(quote_literal(name), ', ' order by name) as names
        from access.accounts group by lower(name) having count(*) > 1
    ) twins;
    if same is not null then
        raise exception 'Accounts of Auxo differ by capital letters only: %. Keep one of each. For every other: run '
            '"delete from access.accounts where name = ''NAME''" in the database as its owner, then start Auxo again and replace the '
            'tokens of NAME, which still work, by tokens of an account with another name (auxo token create, auxo token revoke).', same
            using errcode = 'unique_violation';
    end if;
    create unique index accounts_name_once on access.accounts (lower(name));
end
$$;
