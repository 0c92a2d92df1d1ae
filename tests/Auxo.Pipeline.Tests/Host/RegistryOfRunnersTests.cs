using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;

using Auxo.Contracts;
using Auxo.Instances;
using Auxo.Pipeline.Tests.Execution.RegistryAccess;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Access.Builds;
using Auxo.Testing;

using Npgsql;

namespace Auxo.Pipeline.Tests.Host;

/// <summary>
/// Steps on another machine reach the registry through the pipeline. Both programs are processes of their own, and a real server listens
/// where the registry would.
/// </summary>
public sealed class RegistryOfRunnersTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly InstanceLayout _layout = new(Directory.CreateTempSubdirectory("auxo-home-").FullName);
    private readonly ReservedPort _port = ReservedPort.Take();
    private readonly Dictionary<string, string> _tokens = new(StringComparer.Ordinal);
    private readonly string _marker = SandboxProcesses.Marker();
    private GitRepository _repository = null!;
    private NpgsqlDataSource _rows = null!;
    private Told _told = null!;
    private string _database = null!;
    private RunnerProcess _runner = null!;
    private SocketServer _registry = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _layout.Make();
        PrivateFiles.Secret(_layout.BuildTokenKey);
        _repository = await GitRepository.CreateAsync();
        _told = new Told(_repository);
        _database = await postgres.CreateDatabaseAsync();
        _rows = NpgsqlDataSource.Create(_database);
        await using var host = await PipelineHost.StartAsync(_database, _layout.Home);
        await host.SendAsync(_told.Tracked());
        await host.Queues.QuietAsync("pipeline");
        foreach (var name in (string[])["far", "near"])
        {
            using var made = await host.Client.PutAsJsonAsync($"/runners/{name}", new { labels = new[] { name } }, Ct);
            made.EnsureSuccessStatusCode();
            _tokens[name] = await TestRunner.TokenAsync(host, name);
        }

        _runner = RunnerProcess.Join(new Uri($"http://127.0.0.1:{_port.Number}"), "far", _tokens["far"]);
        _registry = await SocketServer.StartAsync(_layout);
    }

    [Fact]
    public async Task a_step_reaches_it_with_the_token_of_its_build_which_no_log_shows()
    {
        await using var pipeline = await StartAsync(("Auxo__Steps__Registry", "raw,npm"), ("Auxo__Steps__RegistryWrite", "npm"));
        _runner.Start();
        var id = await PushAsync(
            """
            cat ~/.npmrc
            curl -sS -H "Authorization: Bearer $AUXO_REGISTRY_TOKEN" $AUXO_REGISTRY/raw/files/a
            ask() { curl -sS -H "Authorization: Bearer $AUXO_REGISTRY_TOKEN" "$@"; }
            for i in 1 2 3 4; do ask $AUXO_REGISTRY/raw/files/large | wc -c & done; wait
            head -c 33554433 /dev/zero | ask -T - $AUXO_REGISTRY/raw/files/b; echo
            curl -sS -o /dev/null -w '%{http_code}\n' $AUXO_REGISTRY/raw/files/a
            """);
        var log = await EndedAsync(id);
        Assert.Contains("\nregistry=http://127.0.0.1:881/npm/npm/\n", log, StringComparison.Ordinal);
        Assert.Contains("\n/raw/files/a for Bearer ***\n", log, StringComparison.Ordinal);
        Assert.Equal(4, log.Split('\n').Count(static line => line == "33554432"));
        Assert.EndsWith("\ngot 33554433 bytes\n401\n", log, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "auxo_build_", log.Replace("auxo_build_id", "", StringComparison.OrdinalIgnoreCase), StringComparison.Ordinal);

        var key = Encoding.UTF8.GetBytes(await File.ReadAllTextAsync(_layout.BuildTokenKey, Ct));
        var token = BuildToken.Verify(_registry.Shown[0]["Bearer ".Length..], key, TimeProvider.System.GetUtcNow());
        Assert.Equal((id, Trust.Trusted, "npm"), (token!.Build, token.Trust, Assert.Single(token.Writes)));
        // Neither the token nor the socket stays on that machine.
        await Eventually.TrueAsync(
            () => Task.FromResult(!Directory.EnumerateFiles(_runner.Home, "*.s", SearchOption.AllDirectories).Any()), "no socket is left");
    }

    [Fact]
    public async Task the_way_is_there_for_who_holds_the_build_and_ends_with_it()
    {
        await using var pipeline = await StartAsync(("Auxo__Steps__Registry", "raw"));
        _runner.Start();
        var id = await PushAsync($"echo begun; sleep {_marker}");
        await Eventually.TrueAsync(async () => (await LogAsync(id)).Contains("\nbegun\n", StringComparison.Ordinal), "it runs");
        var lease = await LeaseAsync(id);
        Assert.Equal(HttpStatusCode.Forbidden, await RefusedAsync("far", _tokens["near"], id, lease));
        Assert.Equal(HttpStatusCode.Gone, await RefusedAsync("near", _tokens["near"], id, lease));
        Assert.Equal(HttpStatusCode.Gone, await RefusedAsync("far", _tokens["far"], id, Guid.NewGuid()));
        Assert.Equal(HttpStatusCode.Gone, await RefusedAsync("far", _tokens["far"], Guid.NewGuid(), lease));
        Assert.Equal(HttpStatusCode.Unauthorized, await RefusedAsync("far", "auxo_nothing", id, lease));
        using (var plain = await Client(_tokens["far"], lease).GetAsync($"runner/far/builds/{id}/registry", Ct))
            Assert.Equal(HttpStatusCode.BadRequest, plain.StatusCode);

        using var way = await OpenAsync("far", _tokens["far"], id, lease);
        await way.SendAsync("GET /raw/files/a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer y\r\n\r\n"u8.ToArray(),
            WebSocketMessageType.Binary, true, Ct);
        var buffer = new byte[4096];
        var said = await way.ReceiveAsync(buffer, Ct);
        Assert.StartsWith("HTTP/1.1 200 ", Encoding.ASCII.GetString(buffer, 0, said.Count), StringComparison.Ordinal);

        using var admin = Client(await AccessToken.CreateAsync(_rows, $"admin {id}", [AccessToken.Admin], null, Ct), Guid.Empty);
        (await admin.PostAsync($"builds/{id}/cancel", null, Ct)).EnsureSuccessStatusCode().Dispose();
        await Eventually.TrueAsync(async () =>
        {
            try
            {
                return (await way.ReceiveAsync(buffer, Ct)).MessageType == WebSocketMessageType.Close;
            }
            catch (WebSocketException)
            {
                return true;
            }
        }, "the way ends with the build");
        await SandboxProcesses.GoneAsync(_marker);
        Assert.Equal(HttpStatusCode.Gone, await RefusedAsync("far", _tokens["far"], id, lease));
    }

    [Fact]
    public async Task a_registry_that_is_away_is_an_error_of_the_program_and_not_of_the_build()
    {
        await _registry.DisposeAsync();
        await using var pipeline = await StartAsync(("Auxo__Steps__Registry", "raw"));
        _runner.Start();
        Assert.EndsWith("\nits exit code: 52\n", await EndedAsync(await PushAsync(
            "curl -sS $AUXO_REGISTRY/raw/files/a || echo \"its exit code: $?\"")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task without_the_setting_a_step_over_there_is_as_ever_and_has_no_way()
    {
        await using var pipeline = await StartAsync();
        _runner.Start();
        var id = await PushAsync(
            $"env | grep -c REGISTRY || (exec 5<>/dev/tcp/127.0.0.1/881) 2>/dev/null || echo closed; sleep {_marker}");
        await Eventually.TrueAsync(async () => (await LogAsync(id)).EndsWith("\n0\nclosed\n", StringComparison.Ordinal), "it runs");
        Assert.Equal(HttpStatusCode.Forbidden, await RefusedAsync("far", _tokens["far"], id, await LeaseAsync(id)));
        Assert.Empty(_registry.Asked);
    }

    public async ValueTask DisposeAsync()
    {
        await _runner.DisposeAsync();
        await _registry.DisposeAsync();
        await _repository.DisposeAsync();
        await _rows.DisposeAsync();
        _port.Dispose();
        Directory.Delete(_layout.Home, recursive: true);
    }

    private async Task<Guid> PushAsync(string script)
    {
        var commands = string.Join('\n', script.Split('\n').Select(static line => "      " + line));
        var head = await _repository.CommitAsync(
            ("README.md", "# Demo\n"), (".auxo/ci.yaml", $"runner: far\nsteps:\n  - name: a\n    run: |\n{commands}\n"));
        await using var queues = new Queues(_database);
        await queues.SendAsync("pipeline", _told.Advanced(head));
        return BuildId.For(_told.Rid, head, BuildTrigger.Branch, "main", 1);
    }

    private Task<ServiceProcess> StartAsync(params (string, string)[] settings)
        => ServiceProcess.StartAsync(
            "pipeline", _database, crashAt: null, PipelineHost.Settings(_database, _layout.Home)
                .Select(static s => (s.Key.Replace(":", "__", StringComparison.Ordinal), s.Value))
                .Append(("OTEL_SERVICE_NAME", "pipeline")).Append(("ASPNETCORE_URLS", $"http://127.0.0.1:{_port.Number}"))
                .Where(static s => s.Item1 != "urls").Concat(settings));

    private async Task<string> EndedAsync(Guid build)
    {
        await Eventually.TrueAsync(async () =>
        {
            await using var command = _rows.CreateCommand(
                $"select count(*) from pipeline.mt_events where stream_id = 'build/{build}' and type = 'build_finished'");
            return (long)(await command.ExecuteScalarAsync(Ct))! == 1;
        }, "it ends");
        return await LogAsync(build);
    }

    private async Task<string> LogAsync(Guid build)
    {
        var file = Path.Combine(_layout.BuildLogs, build.ToString(), "a.log");
        return File.Exists(file) ? await File.ReadAllTextAsync(file, Ct) : "";
    }

    private async Task<Guid> LeaseAsync(Guid build)
    {
        await using var command = _rows.CreateCommand($"select lease from pipeline.handovers where build_id = '{build}'");
        return (Guid)(await command.ExecuteScalarAsync(Ct))!;
    }

    private HttpClient Client(string token, Guid lease)
    {
        var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_port.Number}/") };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        client.DefaultRequestHeaders.Add("Auxo-Lease", lease.ToString());
        return client;
    }

    private async Task<ClientWebSocket> OpenAsync(string runner, string token, Guid build, Guid lease, ClientWebSocket? with = null)
    {
        var socket = with ?? new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        socket.Options.SetRequestHeader("Auxo-Lease", lease.ToString());
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{_port.Number}/runner/{runner}/builds/{build}/registry"), Ct);
        return socket;
    }

    private async Task<HttpStatusCode> RefusedAsync(string runner, string token, Guid build, Guid lease)
    {
        using var socket = new ClientWebSocket();
        await Assert.ThrowsAsync<WebSocketException>(() => OpenAsync(runner, token, build, lease, socket));
        return socket.HttpStatusCode;
    }
}
