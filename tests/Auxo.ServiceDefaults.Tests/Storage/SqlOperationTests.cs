using Auxo.ServiceDefaults.Storage;

namespace Auxo.ServiceDefaults.Tests.Storage;

public sealed class SqlOperationTests
{
    [Theory]
    [InlineData("select s.require_lease(true)")]
    [InlineData("with mine as (update t set a = 1 returning 1)\nselect s.require_lease(exists (select from mine))")]
    [InlineData("insert into t (a) values (1) returning a")]
    [InlineData("values (1)")]
    [InlineData("select a from t for update")]
    public void what_answers_with_rows_is_known(string sql) => Assert.True(SqlOperation.ReturnsRows(sql));

    [Theory]
    [InlineData("insert into t (a) values (1) on conflict (a) do update set a = excluded.a")]
    [InlineData("insert into t select a from unnest(array[1]) u (a)")]
    [InlineData("update t set a = (select max(b) from u) where c = 'a) returning (b'")]
    [InlineData("with old as (delete from t returning a) insert into u select a from old -- returning nothing")]
    [InlineData("delete from t where a in (select a from u)")]
    public void what_does_not_is_known_too(string sql) => Assert.False(SqlOperation.ReturnsRows(sql));
}
