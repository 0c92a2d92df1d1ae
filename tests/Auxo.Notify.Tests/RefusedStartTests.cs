using System.Net;
using System.Net.Sockets;

using Auxo.ServiceDefaults.Storage;
using Auxo.Testing;

namespace Auxo.Notify.Tests;

/// <summary>A service that may not start says why in one line, whoever started it.</summary>
public sealed class RefusedStartTests(PostgresFixture postgres)
{
    [Fact]
    public async Task a_database_without_the_schema_is_one_line()
        => Assert.Equal(
            "auxo: notify does not start: The schema notify was not made for this build of Auxo.Notify. Start it by './auxo up', or run "
                + "Auxo.Migrator first.",
            await SaidAsync(await postgres.CreateDatabaseAsync()));

    [Fact]
    public async Task a_database_that_does_not_answer_is_one_line()
        => Assert.StartsWith(
            "auxo: notify does not start: the database does not answer: ", await SaidAsync("Host=127.0.0.1;Port=1;Username=x;Database=x"));

    [Fact]
    public async Task no_database_at_all_is_one_line()
        => Assert.Equal(
            "auxo: notify does not start: No database is configured: set ConnectionStrings__auxo, as the AppHost does.",
            await SaidAsync(""));

    [Fact]
    public async Task a_taken_port_is_one_line()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var database = await postgres.CreateDatabaseAsync();
        await SchemaMigration.ApplyAsync(Configuration.Model, database, TestContext.Current.CancellationToken);

        Assert.Equal(
            $"auxo: notify does not start: Failed to bind to address http://127.0.0.1:{port}: address already in use. Another program "
                + "listens there.",
            await SaidAsync(database, ("ASPNETCORE_URLS", $"http://127.0.0.1:{port}")));
    }

    private static async Task<string> SaidAsync(string database, params (string Name, string Value)[] settings)
    {
        await using var refused = await ServiceProcess.StartAsync("notify", database, settings: settings);
        var (code, output, errors) = await refused.EndedAsync();
        Assert.Equal((1, ""), (code, output));
        return errors;
    }
}
