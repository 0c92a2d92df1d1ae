using System.Net.Sockets;

using Auxo.ServiceDefaults.Storage;

using Marten.Exceptions;

using Npgsql;

namespace Auxo.ServiceDefaults.Tests.Storage;

public sealed class DatabaseAwayTests
{
    [Fact]
    public void a_database_that_is_away_is_seen_through_martens_own_exception()
    {
        var away = new NpgsqlException("away", new IOException());
        Assert.True(DatabaseAway.Is(away));
        Assert.True(DatabaseAway.Is(new MartenCommandException(null, away)));
        Assert.False(DatabaseAway.Is(new InvalidOperationException("no such row")));
    }

    [Theory]
    [InlineData("57P01", true)] // it is being stopped
    [InlineData("57P03", true)] // it is starting
    [InlineData("53300", true)] // it has too many clients just now
    [InlineData("40P01", true)] // a deadlock
    [InlineData("40001", true)] // a serialization failure
    [InlineData("23505", false)] // the key is taken
    [InlineData("42P01", false)] // there is no such table
    [InlineData("AX003", false)] // the lease is lost
    public void what_postgresql_answers_passes_or_does_not(string state, bool passes)
    {
        var answer = new PostgresException("refused", "ERROR", "ERROR", state);
        Assert.Equal(passes, DatabaseAway.Is(answer));
        Assert.Equal(passes, DatabaseAway.Is(new MartenCommandException(null, answer)));
    }

    [Fact]
    public void a_connection_that_cannot_be_made_passes_and_that_of_another_program_is_not_the_databases()
    {
        Assert.True(DatabaseAway.Is(new SocketException((int)SocketError.ConnectionRefused)));
        Assert.True(DatabaseAway.Is(new TimeoutException()));
        Assert.False(DatabaseAway.Is(new HttpRequestException("refused", new SocketException((int)SocketError.ConnectionRefused))));
    }
}
