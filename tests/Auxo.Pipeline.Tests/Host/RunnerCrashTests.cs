using System.Net.Http.Json;

using Auxo.Testing;

namespace Auxo.Pipeline.Tests.Host;

/// <summary>
/// The pipeline dies while a runner works, or the runner does, at every named point between them: the build ends with one verdict and one
/// result of each step.
/// </summary>
public sealed class RunnerCrashTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string TwoSteps =
        "runner: far\nsteps:\n  - { name: one, run: 'echo one; echo made > made.txt', artifacts: made.txt }\n"
            + "  - { name: two, run: 'echo two; cat made.txt' }\n";

    private static readonly string[] OfPipeline =
        ["pipeline.runner.handed_over", "pipeline.runner.before_record", "pipeline.runner.recorded"];

    private static readonly string[] OfRunner =
        ["pipeline.runner.steps_begun", "pipeline.runner.before_report", "pipeline.runner.reported"];

    /// <summary>Where a pipeline comes by that has lost a runner.</summary>
    private const string OfLoss = "pipeline.runner.lost";

    private readonly string _home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
    private readonly ReservedPort _port = ReservedPort.Take();
    private GitRepository _repository = null!;
    private Told _told = null!;
    private string _database = null!;
    private RunnerProcess _runner = null!;

    /// <summary>All of them.</summary>
    internal static IEnumerable<string> Points => [.. OfPipeline, .. OfRunner, OfLoss];

    public static TheoryData<string> PipelinePoints => [.. OfPipeline];

    public static TheoryData<string> RunnerPoints => [.. OfRunner];

    public async ValueTask InitializeAsync()
    {
        _repository = await GitRepository.CreateAsync();
        _told = new Told(_repository);
        _database = await postgres.CreateDatabaseAsync();
        await using var host = await PipelineHost.StartAsync(_database, _home);
        using var made = await host.Client.PutAsJsonAsync("/runners/far", new { labels = new[] { "far" } });
        made.EnsureSuccessStatusCode();
        _runner = RunnerProcess.Join(
            new Uri($"http://127.0.0.1:{_port.Number}"), "far", await TestRunner.TokenAsync(host, "far"));
    }

    [Theory]
    [MemberData(nameof(PipelinePoints))]
    public async Task a_pipeline_that_is_killed_takes_up_what_its_runner_does(string point)
    {
        var build = await TellAsync();
        await using (var dying = await StartAsync(point))
        {
            _runner.Start();
            await dying.DiedAsync();
        }

        await using var next = await StartAsync();
        await AssertOneVerdictAsync(build);
    }

    [Theory]
    [MemberData(nameof(RunnerPoints))]
    public async Task a_runner_that_is_killed_gets_the_steps_again_when_it_is_back(string point)
    {
        var build = await TellAsync();
        await using var pipeline = await StartAsync();
        _runner.Start(point);
        await _runner.DiedAsync();
        _runner.Start();
        await AssertOneVerdictAsync(build);
    }

    [Fact]
    public async Task a_pipeline_that_is_killed_when_it_has_lost_a_runner_loses_it_once()
    {
        var build = await TellAsync();
        await using (var dying = await StartAsync(OfLoss))
        {
            _runner.Start("pipeline.runner.before_report");
            await _runner.DiedAsync();
            await dying.DiedAsync();
        }

        await using var next = await StartAsync();
        _runner.Start();
        await AssertOneVerdictAsync(build);
    }

    public async ValueTask DisposeAsync()
    {
        await _runner.DisposeAsync();
        await _repository.DisposeAsync();
        _port.Dispose();
        Directory.Delete(_home, recursive: true);
    }

    private async Task<Guid> TellAsync()
    {
        var head = await _repository.CommitAsync(("README.md", "# Demo\n"), (".auxo/ci.yaml", TwoSteps));
        await using var queues = new Queues(_database);
        await queues.SendAsync("pipeline", _told.Opened(head));
        return _told.BuildOf(head);
    }

    private Task<ServiceProcess> StartAsync(string? crashAt = null)
        => ServiceProcess.StartAsync(
            "pipeline", _database, crashAt, PipelineHost.Settings(_database, _home)
                .Select(static s => (s.Key.Replace(":", "__", StringComparison.Ordinal), s.Value))
                .Append(("OTEL_SERVICE_NAME", "pipeline")).Append(("Auxo__Runner__LeaseSeconds", "2"))
                .Append(("ASPNETCORE_URLS", $"http://127.0.0.1:{_port.Number}")).Where(static s => s.Item1 != "urls"));

    private async Task AssertOneVerdictAsync(Guid build)
    {
        await using var database = Npgsql.NpgsqlDataSource.Create(_database);
        async Task<long> CountAsync(string where)
        {
            await using var command = database.CreateCommand($"select count(*) from {where}");
            return (long)(await command.ExecuteScalarAsync())!;
        }

        var stream = $"pipeline.mt_events where stream_id = 'build/{build}'";
        await Eventually.TrueAsync(async () => await CountAsync($"{stream} and type = 'build_finished'") == 1, $"it ends; {_runner.Said}");
        Assert.Equal((1L, 1L, 1L, 1L), (
            await CountAsync($"{stream} and type = 'build_finished' and data->>'outcome' = 'Passed'"),
            await CountAsync($"{stream} and type = 'build_step_finished' and data->'result'->>'step' = 'one'"),
            await CountAsync($"{stream} and type = 'build_step_finished' and data->'result'->>'step' = 'two'"),
            await CountAsync($"{stream} and type = 'build_artifact_produced'")));
        await Eventually.TrueAsync(async () => await CountAsync("pipeline.handovers") == 0, "no row is left");
        var logs = Path.Combine(_home, "logs", "builds", build.ToString());
        Assert.Contains("\none\n", await File.ReadAllTextAsync(Path.Combine(logs, "one.log")), StringComparison.Ordinal);
        Assert.EndsWith("\ntwo\nmade\n", await File.ReadAllTextAsync(Path.Combine(logs, "two.log")), StringComparison.Ordinal);
    }
}
