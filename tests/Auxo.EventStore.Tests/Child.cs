using System.Diagnostics;

using Auxo.EventStore.Projections;

using Npgsql;

namespace Auxo.EventStore.Tests;

/// <summary>
/// What a killed process does: this program, started once more with <c>AUXO_TEST_CHILD</c> naming the work and its database.
/// </summary>
public static class Child
{
    /// <summary>Starts the child, armed with a crash point, and waits until it has died there.</summary>
    public static async Task<int> RunAsync(string work, string crashAt, string connectionString, CancellationToken ct, string service = "")
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        (start.Environment["AUXO_TEST_CHILD"], start.Environment["AUXO_TEST_DATABASE"], start.Environment["AUXO_CRASH_AT"]) = (
            work, connectionString, crashAt);
        start.Environment["OTEL_SERVICE_NAME"] = service;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var errors = process.StandardError.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        TestContext.Current.TestOutputHelper?.WriteLine(await output + await errors);
        return process.ExitCode;
    }

    /// <summary>
    /// The store that child and parent share: two inline views, one of which must be read between append and commit when it is
    /// asked for.
    /// </summary>
    public static StoreOptions Options(string work) => Bank.Options(o =>
    {
        o.Projections.Snapshot<Account>(SnapshotLifecycle.Inline);
        if (work == "save_reading_views") o.Projections.Add<StatementProjection>(ProjectionLifecycle.Inline);
        if (work == "daemon") o.Projections.Add<WealthProjection>(ProjectionLifecycle.Async);
    });

    public static async Task SaveAsync(DocumentStore store, CancellationToken ct)
    {
        await using var session = store.LightweightSession();
        session.Events.StartStream<Account>("account/ann/1", new AccountEvent.Opened("ann"), new AccountEvent.Deposited(5));
        session.Events.StartStream<Account>("account/ann/2", new AccountEvent.Opened("ann"));
        session.Store(new Note("n", "text"));
        session.QueueSqlCommand(new("insert into bank.outbox values ('sent')"));
        await session.SaveChangesAsync(ct);
    }

    private static int Main(string[] args)
    {
        var work = Environment.GetEnvironmentVariable("AUXO_TEST_CHILD");
        if (work is null) return Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args).GetAwaiter().GetResult();
        WorkAsync(work, Environment.GetEnvironmentVariable("AUXO_TEST_DATABASE")!).GetAwaiter().GetResult();
        return 0;
    }

    private static async Task WorkAsync(string work, string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        var store = new DocumentStore(source, Options(work));
        if (work == "daemon")
        {
            using var daemon = new ProjectionDaemon(store, TimeProvider.System);
            await daemon.StartAsync(CancellationToken.None);
            await store.WaitForNonStaleProjectionDataAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
        }
        else if (work != "nothing")
        {
            await SaveAsync(store, CancellationToken.None);
        }
    }
}
