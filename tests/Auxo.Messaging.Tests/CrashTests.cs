using System.Diagnostics;

using Auxo.Testing;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

using Npgsql;

namespace Auxo.Messaging.Tests;

/// <summary>Conformance 3: whatever dies, everything that was sent has its effect, once.</summary>
public sealed class CrashTests(PostgresFixture postgres)
{
    [Theory]
    [InlineData("messaging.handled")]
    [InlineData("messaging.committed")]
    public async Task a_listener_that_is_killed_has_done_all_or_nothing_and_the_next_one_goes_on(string crashPoint)
    {
        var database = await postgres.DatabaseAsync();
        using (var sender = await TestService.StartAsync(database, CrashChild.Handlers))
        {
            // Sent and committed before anybody listens, so that the child finds it.
            await sender.StopAsync();
            await sender.Bus().SendAsync(new Work("a"), CancellationToken.None, "g");
            await sender.Bus().SendAsync(new Work("b"), CancellationToken.None, "g");
        }

        Assert.Equal(137, await CrashChild.RunAsync(database, crashPoint));

        var left = await TestService.ListAsync(database, "select message_type from queues.envelopes order by seq");
        Assert.Equal(crashPoint == "messaging.handled" ? ["work", "work"] : ["work", "worked"], left);
        using var host = await TestService.StartAsync(database, CrashChild.Handlers);
        await host.TrackActivityAsync(() => Task.CompletedTask);
        Assert.Equal(["a", "a told", "b", "b told"], (await TestService.EffectsAsync(database)).Order());
        await host.StopAsync();
    }

    [Fact]
    public async Task a_message_that_ends_process_after_process_is_buried_and_nothing_else_is_blamed()
    {
        var database = await postgres.DatabaseAsync();
        using (var sender = await TestService.StartAsync(database, CrashChild.Handlers))
        {
            await sender.StopAsync();
            await sender.Bus().SendAsync(new Work(CrashChild.Poison), CancellationToken.None, "g");
            await sender.Bus().SendAsync(new Work("behind"), CancellationToken.None, "g");
            for (var i = 0; i < 5; i++) await sender.Bus().SendAsync(new Work($"{i}"), CancellationToken.None);
        }

        for (var life = 0; life < 5; life++) Assert.Equal(137, await CrashChild.RunAsync(database, crashPoint: ""));
        // What was in hand beside it is suspected once, and then handled alone.
        Assert.Equal(["5"], await TestService.ListAsync(database, "select deaths from queues.envelopes where deaths > 1"));

        using var host = await TestService.StartAsync(database, CrashChild.Handlers);
        await host.TrackActivityAsync(() => Task.CompletedTask);
        var letter = Assert.Single(await host.Services.GetRequiredService<DeadLetters>().ListAsync(10, CancellationToken.None));
        Assert.Equal("ended_the_process", letter.Reason);
        Assert.Contains(CrashChild.Poison, letter.Body, StringComparison.Ordinal);
        string[] others = ["behind", "0", "1", "2", "3", "4"];
        Assert.Equal(others.SelectMany(text => (string[])[text, text + " told"])
            .Order(), (await TestService.EffectsAsync(database)).Order());
        await host.StopAsync();
    }

    [Fact]
    public async Task an_orderly_stop_in_the_middle_counts_as_no_death()
    {
        var database = await postgres.DatabaseAsync();
        using (var sender = await TestService.StartAsync(database, [typeof(HangingHandler)]))
        {
            await sender.StopAsync();
            await sender.Bus().SendAsync(new Chore("hang"), CancellationToken.None);
        }

        using var host = await TestService.StartAsync(database, [typeof(HangingHandler)]);
        await Eventually.TrueAsync(
            async () => (await TestService.ListAsync(database, "select deaths from queues.envelopes")) is ["1"], "it is in hand");
        await host.StopAsync();
        Assert.Equal(["0"], await TestService.ListAsync(database, "select deaths from queues.envelopes"));
    }

    [Fact]
    public async Task a_listener_may_be_stopped_and_disposed_of_again()
    {
        var host = await TestService.StartAsync(await postgres.DatabaseAsync(), CrashChild.Handlers);
        var listener = host.Services.GetServices<IHostedService>().OfType<QueueListener>().Single();
        await host.StopAsync();
        host.Dispose();
        await listener.StoppingAsync(CancellationToken.None);
        await listener.DisposeAsync();
    }

    [Fact]
    public async Task connections_that_are_cut_while_handling_cost_nothing()
    {
        var database = await postgres.DatabaseAsync();
        using var host = await TestService.StartAsync(database, CrashChild.Handlers);
        var cuts = 0;
        host.Probe().OnHandling = async message =>
        {
            if (message is Work && Interlocked.Increment(ref cuts) <= 3)
                await TestService.ExecuteAsync(
                    database,
                    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid "
                        + "<> pg_backend_pid()");
        };

        await host.TrackActivityAsync(
            async () =>
            {
                for (var i = 0; i < 10; i++) await SendStubbornlyAsync(host, new Work($"{i}"));
            },
            TimeSpan.FromSeconds(60));

        Assert.Equal(Enumerable.Range(0, 10)
            .SelectMany(i => (string[])[$"{i}", $"{i} told"]).Order(), (await TestService.EffectsAsync(database)).Order());
        await host.StopAsync();
    }

    /// <summary>As a real sender would: an error before the commit was acknowledged is tried again, with an id of its own making.</summary>
    internal static Task SendStubbornlyAsync(IHost host, Work message) => Eventually.TrueAsync(
        async () =>
        {
            await using var session = host.Services.GetRequiredService<EventStore.IDocumentStore>().LightweightSession();
            var once = new NpgsqlBatchCommand("insert into effects.sent values ($1)");
            once.Parameters.Add(new() { Value = message.Text });
            session.QueueSqlCommand(once);
            host.Bus().Publish(session, message);
            try
            {
                await session.SaveChangesAsync(CancellationToken.None);
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
            {
                // The commit before went through; only its answer was lost.
            }

            return true;
        },
        $"{message} is sent");
}

/// <summary>Conformance 7. The server is everybody's, so nothing else runs beside these.</summary>
[Collection(nameof(RestartTests))]
public sealed class RestartTests(PostgresFixture postgres)
{
    [Fact]
    public async Task listeners_recover_when_postgres_crashes_and_comes_back()
    {
        var database = await postgres.DatabaseAsync();
        using var host = await TestService.StartAsync(database, CrashChild.Handlers);
        await host.TrackActivityAsync(() => host.Bus().SendAsync(new Work("before"), CancellationToken.None));
        var inside = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        host.Probe().OnHandling = message =>
        {
            inside.TrySetResult();
            return message is Work { Text: "during" } ? goOn.Task : Task.CompletedTask;
        };
        await host.Bus().SendAsync(new Work("during"), CancellationToken.None);
        await inside.Task.WaitAsync(TimeSpan.FromSeconds(20));

        await postgres.Cluster.StopAsync(immediate: true, CancellationToken.None);
        goOn.SetResult();
        await postgres.RestartAsync();

        await host.TrackActivityAsync(() => CrashTests.SendStubbornlyAsync(host, new Work("after")), TimeSpan.FromSeconds(60));
        Assert.Equal(["after", "after told", "before", "before told", "during", "during told"],
            (await TestService.EffectsAsync(database)).Order());
        await host.StopAsync();
    }
}

[CollectionDefinition(nameof(RestartTests), DisableParallelization = true)]
public sealed class RestartCollection;

/// <summary>This program as a listener that dies at a crash point.</summary>
internal static class CrashChild
{
    public static readonly Type[] Handlers = [typeof(WorkHandler), typeof(WorkedHandler)];

    /// <summary>A message that a child does not survive.</summary>
    public const string Poison = "poison";

    /// <summary>The exit code: 128 + 9 after SIGKILL.</summary>
    public static async Task<int> RunAsync(string database, string crashPoint)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["crash-child", database])
        {
            Environment = { ["AUXO_CRASH_AT"] = crashPoint },
        };
        using var child = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            await child.WaitForExitAsync(limit.Token);
            return child.ExitCode;
        }
        finally
        {
            if (!child.HasExited) child.Kill(entireProcessTree: true);
        }
    }

    /// <summary>The tests, or, started as <c>crash-child DATABASE</c>, the listener.</summary>
    public static async Task<int> Main(string[] args)
    {
        if (args is ["crash-child", var database])
        {
            using var host = await TestService.StartAsync(database, Handlers, prepare: static probe => probe.OnHandling = static message =>
            {
                if (message is Work { Text: Poison }) Process.GetCurrentProcess().Kill();
                return Task.CompletedTask;
            });
            await host.WaitForShutdownAsync();
            return 0;
        }

        return args.Any(arg => arg is "--server" or "--internal-msbuild-node")
            ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(
                args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
    }
}
