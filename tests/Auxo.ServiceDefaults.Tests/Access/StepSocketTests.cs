using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

using Auxo.Contracts;
using Auxo.Instances;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Access.Builds;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Auxo.ServiceDefaults.Tests.Access;

/// <summary>A service that hears steps: who comes in by which way with which token.</summary>
public sealed class StepSocketTests : IDisposable
{
    private readonly InstanceLayout _layout = new(Directory.CreateTempSubdirectory("auxo-steps-").FullName);
    private readonly byte[] _key;

    public StepSocketTests()
    {
        _layout.Make();
        _key = Encoding.UTF8.GetBytes(PrivateFiles.Secret(_layout.BuildTokenKey));
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_steps_token_opens_what_it_names_and_nothing_else()
    {
        await using var service = await StartAsync();
        using var step = Step();
        var token = Token();
        foreach (var basic in (bool[])[false, true])
        {
            Assert.Equal((HttpStatusCode.OK, $"build {Build}"), await AskAsync(step, "/read", token, basic));
            Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync(step, "/write", token, basic)).Status);
            Assert.Equal(HttpStatusCode.OK, (await AskAsync(step, "/write", Token(["npm"]), basic)).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync(step, "/write", Token(["npm2"]), basic)).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync(step, "/nobody", token, basic)).Status);
        }
    }

    [Fact]
    public async Task what_is_forged_cut_over_or_of_another_key_is_refused()
    {
        await using var service = await StartAsync();
        using var step = Step();
        var token = Token();
        string[] wrong =
        [
            token[..^1], token + "A", token.Replace("auxo_build_", "auxo_build_A", StringComparison.Ordinal), "auxo_build_",
            "auxo_build_x.y",
            Of([], TimeSpan.FromSeconds(-1)).Sign(_key), Of([], TimeSpan.FromHours(1)).Sign("another key that is as long as that one"u8),
            (Of([], TimeSpan.FromHours(1)) with { Trust = Trust.Stranger }).Sign(_key),
        ];
        foreach (var text in wrong) Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(step, "/read", text)).Status);
    }

    [Fact]
    public async Task a_step_is_no_program_of_this_machine_and_a_program_of_this_machine_may_use_its_token()
    {
        await using var service = await StartAsync();
        using var step = Step();
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(step, "/local", token: null)).Status);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(service.Client, "/local", token: null)).Status);
        // A step without a sandbox comes from this machine's loopback.
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(service.Client, "/read", Token())).Status);
    }

    [Fact]
    public async Task a_token_that_a_step_gave_away_is_worth_nothing_elsewhere()
    {
        await using var service = await StartAsync();
        using var forwarded = await service.GetAsync("/read", Token(), ("X-Forwarded-For", "192.0.2.7"));
        Assert.Equal(HttpStatusCode.Unauthorized, forwarded.StatusCode);
        using var otherName = await service.GetAsync("/read", Token(), ("Host", "registry.example.org"));
        Assert.Equal(HttpStatusCode.Unauthorized, otherName.StatusCode);
    }

    [Fact]
    public async Task a_service_that_does_not_ask_for_them_and_one_without_a_key_believe_none()
    {
        await using var other = await TestService.StartAsync(Map);
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(other.Client, "/read", Token())).Status);
        File.Delete(_layout.BuildTokenKey);
        await using var service = await StartAsync();
        using var step = Step();
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(step, "/read", Token())).Status);
        // Made later: it counts from then on.
        PrivateFiles.Write(_layout.BuildTokenKey, Encoding.UTF8.GetString(_key));
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(step, "/read", Token())).Status);
    }

    [Fact]
    public async Task the_socket_of_a_killed_process_is_taken_over_and_no_other_account_can_come_to_it()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_layout.StepSocket)!);
        using (var killed = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            killed.Bind(new UnixDomainSocketEndPoint(_layout.StepSocket!));
        await File.WriteAllTextAsync(_layout.StepSocket + ".note", "", Ct);
        await using var service = await StartAsync();
        using var step = Step();
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(step, "/read", Token())).Status);
        Assert.Equal(PrivateFiles.FolderMode, File.GetUnixFileMode(Path.GetDirectoryName(_layout.StepSocket)!));
    }

    [Fact]
    public async Task a_folder_too_deep_for_a_socket_is_done_without()
    {
        var deep = new InstanceLayout(Path.Combine(_layout.Home, new string('d', 100)));
        Assert.Null(deep.StepSocket);
        await using var service = await StartAsync(deep);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(service.Client, "/local", token: null)).Status);
    }

    public void Dispose() => Directory.Delete(_layout.Home, recursive: true);

    private static readonly Guid Build = Guid.Parse("3f2a1c00-0000-4000-8000-000000000001");

    private static BuildToken Of(IReadOnlyList<string> writes, TimeSpan left)
        => new(Build, Rid.Parse("rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5"), Trust.Trusted, TimeProvider.System.GetUtcNow() + left, writes);

    private string Token(params string[] writes) => Of(writes, TimeSpan.FromHours(1)).Sign(_key);

    private Task<TestService> StartAsync(InstanceLayout? layout = null)
        => TestService.StartAsync(Map, builder => builder.Services.HearSteps(layout ?? _layout));

    private static void Map(WebApplication app)
    {
        app.MapGet("/read", static (HttpContext http) => http.User.Identity!.Name).RequireScope("registry:read");
        app.MapGet("/write", static () => "written").RequireScope("registry:write:npm");
        app.MapGet("/nobody", static () => "never");
        app.MapGet("/local", static () => "local").RequireScopeUnlessLoopback("registry:read");
    }

    /// <summary>As a step's connections come in.</summary>
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
        HttpClient client, string path, string? token, bool basic = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (token is not null) request.Headers.Authorization = basic
            ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("build:" + token)))
            : new AuthenticationHeaderValue("Bearer", token);
        using var answer = await client.SendAsync(request, Ct);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct));
    }
}
