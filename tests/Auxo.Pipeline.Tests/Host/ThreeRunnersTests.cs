using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Testing;

using Npgsql;

namespace Auxo.Pipeline.Tests.Host;

/// <summary>
/// Three runners, each in a network of its own, work through a queue. One is cut off, one is killed: every build passes, nothing is
/// recorded twice, and the one that was cut off is told that it has lost its builds.
/// </summary>
public sealed class ThreeRunnersTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const int Builds = 9;
    private static readonly string[] Names = ["a", "b", "c"];
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
    private readonly ReservedPort _port = ReservedPort.Take();
    private GitRepository _repository = null!;

    public async ValueTask InitializeAsync() => _repository = await GitRepository.CreateAsync();

    [Fact]
    public async Task one_is_cut_off_and_one_is_killed_and_every_build_passes_once()
    {
        using var nets = RunnerNamespaces.Make(Names.Length, out var why);
        Assert.SkipWhen(nets is null, why);
        var connection = await postgres.CreateDatabaseAsync();
        var tokens = new Dictionary<string, string>(StringComparer.Ordinal);
        await using (var host = await PipelineHost.StartAsync(connection, _home))
        {
            foreach (var name in Names)
            {
                using var made = await host.Client.PutAsJsonAsync(
                    $"/runners/{name}", new { labels = new[] { "far" } }, TestContext.Current.CancellationToken);
                made.EnsureSuccessStatusCode();
                tokens[name] = await TestRunner.TokenAsync(host, name);
            }
        }

        var address = new Uri($"http://{nets!.Address}:{_port.Number}");
        await using var pipeline = await ServiceProcess.StartAsync(
            "pipeline", connection, null, PipelineHost.Settings(connection, _home)
                .Select(static s => (s.Key.Replace(":", "__", StringComparison.Ordinal), s.Value)).Where(static s => s.Item1 != "urls")
                .Append(("ASPNETCORE_URLS", $"http://127.0.0.1:0;{address}")).Append(("Auxo__Runner__LeaseSeconds", "4")));
        var runners = Names.Select(name => RunnerProcess.Join(address, name, tokens[name])).ToList();
        try
        {
            foreach (var (i, runner) in runners.Index()) runner.Start(null, nets.Into(i));
            foreach (var runner in runners) await runner.SaidAsync("asks ");
            await PushAsync(connection);
            await using var database = NpgsqlDataSource.Create(connection);
            const string busy = "select count(distinct runner) from pipeline.handovers where runner is not null";
            await Eventually.TrueAsync(async () => await ScalarAsync<long>(database, busy) == 3, "all three have work");
            foreach (var runner in runners) await runner.SaidAsync(" begins");
            var held = await ScalarAsync<Guid[]>(
                database, "select array[build_id, lease] from pipeline.handovers where runner = 'a' limit 1");

            nets.Cut(0, off: true);
            await runners[1].KillAsync();
            await Eventually.TrueAsync(
                async () => await ScalarAsync<long>(database, "select count(*) from pipeline.builds where state = 'done'") == Builds,
                "every build ends", TimeSpan.FromMinutes(3));
            nets.Cut(0, off: false);
            await runners[0].SaidAsync("lost: its steps were stopped here");
            Assert.Equal("lost", await StateAsync(address, "a", tokens["a"], held));

            const string events = "select count(*) from pipeline.mt_events where type = ";
            Assert.Equal((Builds, Builds, Builds, Builds), (
                await ScalarAsync<long>(database, events + "'build_finished' and data->>'outcome' = 'Passed'"),
                await CountAsync(database, "one"), await CountAsync(database, "two"),
                await ScalarAsync<long>(database, events + "'build_artifact_produced'")));
            foreach (var log in Directory.EnumerateFiles(Path.Combine(_home, "logs", "builds"), "two.log", SearchOption.AllDirectories))
            {
                var text = await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken);
                Assert.EndsWith("\ntwo\nmade\nend\n", text, StringComparison.Ordinal);
            }
        }
        finally
        {
            foreach (var runner in runners) await runner.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _repository.DisposeAsync();
        _port.Dispose();
        Directory.Delete(_home, recursive: true);
    }

    private async Task PushAsync(string connection)
    {
        await using var queues = new Queues(connection);
        for (var i = 0; i < Builds; i++)
        {
            var head = await _repository.CommitAsync(("README.md", $"# Demo {i}\n"), (".auxo/ci.yaml", """
                runner: far
                steps:
                  - { name: one, run: 'echo one; echo made > made.txt; sleep 0.5', artifacts: made.txt }
                  - { name: two, run: 'echo two; cat made.txt; sleep 1.5; echo end' }

                """));
            await queues.SendAsync("pipeline", new Told(_repository).Opened(head));
        }
    }

    private static Task<long> CountAsync(NpgsqlDataSource database, string step)
        => ScalarAsync<long>(
            database, $"select count(*) from pipeline.mt_events where type = 'build_step_finished' and data->'result'->>'step' = '{step}'");

    private static async Task<T> ScalarAsync<T>(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<string> StateAsync(Uri address, string name, string token, Guid[] held)
    {
        using var client = new HttpClient { BaseAddress = address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/runner/{name}/builds/{held[0]}/lease");
        request.Headers.Add("Auxo-Lease", held[1].ToString());
        using var answer = await client.SendAsync(request);
        return (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["state"]!;
    }
}
