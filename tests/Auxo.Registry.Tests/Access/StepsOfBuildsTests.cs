using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

using Auxo.Contracts;
using Auxo.Instances;
using Auxo.ServiceDefaults.Access.Builds;
using Auxo.Testing;

namespace Auxo.Registry.Tests.Access;

/// <summary>Steps of builds at the socket of the real program, with the token of their build.</summary>
public sealed class StepsOfBuildsTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly Guid Build = Guid.Parse("3f2a1c00-0000-4000-8000-000000000001");

    private readonly InstanceLayout _layout = new(Directory.CreateTempSubdirectory("auxo-registry-").FullName);
    private string _database = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await postgres.CreateDatabaseAsync();

    [Fact]
    public async Task a_build_reads_every_repository_writes_what_its_token_names_and_is_named_as_the_one_who_did()
    {
        _layout.Make();
        var key = Encoding.UTF8.GetBytes(PrivateFiles.Secret(_layout.BuildTokenKey));
        await using (var first = await RegistryHost.StartAsync(_database, _layout.Home))
        {
            await first.DefineAsync("files");
            await first.DefineAsync("made");
            using var put = await first.PutAsync("/raw/files/a", "content");
        }

        // Killed, it leaves its socket; the next one takes it over.
        await using (var killed = await StartAsync())
        {
            using var step = Step();
            Assert.Equal((HttpStatusCode.OK, "content"), await AskAsync(step, HttpMethod.Get, "/raw/files/a", Token(key)));
            await killed.KillAsync();
            Assert.True(File.Exists(_layout.StepSocket));
        }

        await using var registry = await StartAsync();
        using var client = Step();
        var token = Token(key, "made");
        Assert.Equal((HttpStatusCode.OK, "content"), await AskAsync(client, HttpMethod.Get, "/raw/files/a", token));
        Assert.Equal(HttpStatusCode.Created, (await AskAsync(client, HttpMethod.Put, "/raw/made/b", token)).Status);
        Assert.Contains($"\"storedBy\":\"build {Build}\"", (await AskAsync(client, HttpMethod.Get, "/raw/made", token)).Body,
            StringComparison.Ordinal);
        foreach (var (method, path) in ((HttpMethod, string)[])[
            (HttpMethod.Put, "/raw/files/b"), (HttpMethod.Delete, "/raw/files/a"), (HttpMethod.Put, "/repositories/mine"),
            (HttpMethod.Delete, "/repositories/files"), (HttpMethod.Get, "/tokens"), (HttpMethod.Post, "/tokens"),
            (HttpMethod.Get, "/people"),
            (HttpMethod.Post, "/sweep"), (HttpMethod.Get, "/metrics")])
            Assert.Equal((path, HttpStatusCode.Forbidden), (path, (await AskAsync(client, method, path, token)).Status));
        // What is open to programs of this machine is not open to a step.
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(client, HttpMethod.Get, "/metrics", token: null)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(client, HttpMethod.Get, "/raw/files/a", token: null)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(client, HttpMethod.Get, "/raw/files/a", token + "A")).Status);
        // Its name is no row of the table of tokens.
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(client, HttpMethod.Get, "/tokens/self", token)).Status);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_layout.Home, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static string Token(byte[] key, params string[] writes)
        => new BuildToken(
            Build, Rid.Parse("rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5"), Trust.Trusted, TimeProvider.System.GetUtcNow().AddHours(1), writes)
            .Sign(key);

    private Task<ServiceProcess> StartAsync()
        => ServiceProcess.StartAsync(
            "registry", _database, crashAt: null, ("AUXO_HOME", _layout.Home), ("services__pipeline__http__0", "http://127.0.0.1:9"));

    private HttpClient Step()
        => new(new SocketsHttpHandler
        {
            ConnectCallback = async (_, ct) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(_layout.StepSocket!), ct);
                return new NetworkStream(socket, ownsSocket: true);
            },
        })
        {
            BaseAddress = new Uri("http://127.0.0.1:881"),
        };

    private static async Task<(HttpStatusCode Status, string Body)> AskAsync(
        HttpClient client, HttpMethod method, string path, string? token)
    {
        using var request = new HttpRequestMessage(method, path);
        if (method == HttpMethod.Put || method == HttpMethod.Post)
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await client.SendAsync(request, Ct);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct));
    }
}
