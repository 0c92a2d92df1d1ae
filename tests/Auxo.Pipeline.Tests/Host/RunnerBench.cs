using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Instances;
using Auxo.Pipeline.Runners.Remote;
using Auxo.ServiceDefaults.Access;
using Auxo.Testing;

using Microsoft.Extensions.Configuration;

namespace Auxo.Pipeline.Tests.Host;

/// <summary>The network between a runner and its pipeline: it can be cut, and led to another process.</summary>
internal sealed class Cable(HttpMessageHandler to) : HttpMessageHandler
{
    private HttpMessageInvoker _to = new(to);
    private volatile bool _isCut;
    private volatile bool _losesAnswers;
    private int _lost;
    private int _refused;

    /// <summary>Nothing comes through.</summary>
    public bool IsCut { get => _isCut; set => _isCut = value; }

    /// <summary>Questions come through; the answers to those that change something do not.</summary>
    public bool LosesAnswers { get => _losesAnswers; set => _losesAnswers = value; }

    /// <summary>So many answers were lost.</summary>
    public int Lost => _lost;

    /// <summary>So many questions did not come through.</summary>
    public int Refused => _refused;

    /// <summary>What stands in the place of what the pipeline answered; null leaves the answer as it is.</summary>
    public Func<HttpRequestMessage, HttpContent?>? Instead { get; set; }

    public void LeadTo(HttpMessageHandler other) => _to = new HttpMessageInvoker(other);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (_isCut)
        {
            Interlocked.Increment(ref _refused);
            throw new HttpRequestException("cut");
        }

        HttpResponseMessage answer;
        try
        {
            answer = await _to.SendAsync(request, cancellationToken);
        }
        catch (Exception e) when (e is ObjectDisposedException or InvalidOperationException or IOException)
        {
            throw new HttpRequestException("nobody is there", e);
        }

        if (Instead?.Invoke(request) is { } other) answer.Content = other;
        if (!_isCut && !(_losesAnswers && request.Method != HttpMethod.Get)) return answer;
        answer.Dispose();
        Interlocked.Increment(ref _lost);
        throw new HttpRequestException("cut");
    }
}

/// <summary>A runner's program in this process, with a folder of its own.</summary>
internal sealed class TestRunner : IAsyncDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-runner-").FullName;
    private readonly CancellationTokenSource _stop = new();
    private readonly StringWriter _text = new(new StringBuilder());
    private readonly TextWriter _said;
    private readonly Task<int> _running;

    private TestRunner(string name, string token, Cable cable, int capacity, (string, string)[] settings)
    {
        Cable = cable;
        _said = TextWriter.Synchronized(_text);
        new RunnerFile(new Uri("http://localhost"), name, token, capacity).Write(new InstanceLayout(_home).AsRunner);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            settings.Append(("AUXO_HOME", _home)).Append(("Auxo:Steps:GraceSeconds", "0.2"))
                .Select(static pair => new KeyValuePair<string, string?>(pair.Item1, pair.Item2))).Build();
        _running = Task.Run(() => RunnerProgram.RunAsync(_said, configuration, TimeProvider.System, _stop.Token, cable));
    }

    public Cable Cable { get; }

    /// <summary>Its exit code, when it has ended by itself.</summary>
    public Task<int> Ended => _running;

    /// <summary>Starts one that the host knows.</summary>
    public static async Task<TestRunner> StartAsync(
        PipelineHost host, string name = "far", string[]? labels = null, int capacity = 2, string? token = null,
        params (string, string)[] settings)
    {
        using var made = await host.Client.PutAsJsonAsync($"/runners/{name}", new { labels = labels ?? ["far"] });
        Assert.Equal(200, (int)made.StatusCode);
        return new TestRunner(name, token ?? await TokenAsync(host, name), new Cable(host.Transport()), capacity, settings);
    }

    /// <summary>A token as the registry makes it.</summary>
    public static Task<string> TokenAsync(PipelineHost host, string name)
        => AccessToken.CreateAsync(
            host.Database, $"runner {name} {Guid.NewGuid()}", [$"pipeline:runner:{name}"], null, CancellationToken.None);

    /// <summary>Waits until it has said this.</summary>
    public Task SaidAsync(string text)
        => Eventually.TrueAsync(() => Task.FromResult(Said.Contains(text, StringComparison.Ordinal)), $"the runner says '{text}': {Said}");

    /// <summary>What it has said.</summary>
    public string Said
    {
        get
        {
            // A synchronized writer locks itself.
            lock (_said) return _text.ToString();
        }
    }

    /// <summary>Where its workspaces are.</summary>
    public string Workspaces => new InstanceLayout(_home).AsRunner.Workspaces;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
        Directory.Delete(_home, recursive: true);
    }
}

/// <summary>A host with a short lease, and a repository whose pipeline files it is told of.</summary>
internal sealed class RunnerBench : IAsyncDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
    private readonly string _database;
    private readonly GitRepository _repository;

    private RunnerBench(string database, GitRepository repository)
        => (_database, _repository, Told) = (database, repository, new Told(repository));

    public PipelineHost Host { get; private set; } = null!;

    public Told Told { get; }

    public static async Task<RunnerBench> StartAsync(PostgresFixture postgres)
    {
        var bench = new RunnerBench(await postgres.CreateDatabaseAsync(), await GitRepository.CreateAsync());
        await bench.StartHostAsync();
        return bench;
    }

    /// <summary>Ends the pipeline, and begins another process of it on the same data.</summary>
    public async Task RestartAsync(Cable cable)
    {
        cable.IsCut = true;
        await Host.DisposeAsync();
        await StartHostAsync();
        cable.LeadTo(Host.Transport());
        cable.IsCut = false;
    }

    /// <summary>Pushes a commit with these steps to the patch; they run where the label is.</summary>
    public async Task<Guid> PushAsync(string steps, string labels = "runner: far", Trust trust = Trust.Trusted, Told? told = null)
    {
        var head = await _repository.CommitAsync((".auxo/ci.yaml", $"{labels}\nsteps:\n{steps}"), ("README.md", "# Demo\n"));
        await Host.SendAsync((told ?? Told).Opened(head, trust));
        return (told ?? Told).BuildOf(head);
    }

    /// <summary>Another patch of the same repository.</summary>
    public Told Another() => new(_repository);

    /// <summary>How often an event is in the stream of a build.</summary>
    public Task<long> CountAsync(Guid build, string type)
        => Host.ScalarAsync<long>($"select count(*) from pipeline.mt_events where stream_id = 'build/{build}' and type = '{type}'");

    /// <summary>How often an event of a step is in the stream of a build.</summary>
    public Task<long> CountAsync(Guid build, string type, string step)
        => Host.ScalarAsync<long>($"select count(*) from pipeline.mt_events where stream_id = 'build/{build}' and type = '{type}' "
            + $"and coalesce(data->'result'->>'step', data->>'step') = '{step}'");

    /// <summary>Waits until nothing is kept of any build that was with a runner.</summary>
    public Task NoRowAsync()
        => Eventually.TrueAsync(
            async () => await Host.ScalarAsync<long>("select count(*) from pipeline.handovers") == 0, "no row is left of a runner's work");

    /// <summary>The outcome of a step.</summary>
    public static string OutcomeOf(JsonNode build, string step)
        => (string)build["steps"]!.AsArray().First(node => (string)node!["step"]! == step)!["outcome"]!;

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await _repository.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private async Task StartHostAsync()
        => Host = await PipelineHost.StartAsync(_database, _home, settings: [("Auxo:Runner:LeaseSeconds", "2")]);
}
