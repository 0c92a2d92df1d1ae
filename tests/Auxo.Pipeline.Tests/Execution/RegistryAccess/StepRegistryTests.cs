using System.Net;
using System.Net.Sockets;

using Auxo.Contracts;
using Auxo.Pipeline.Execution.Bubblewrap;
using Auxo.Pipeline.Execution.RegistryAccess;

namespace Auxo.Pipeline.Tests.Execution.RegistryAccess;

/// <summary>The way of a step to the registry, in the real sandbox of this machine.</summary>
public sealed class StepRegistryTests : IDisposable
{
    private const string Token = "auxo_build_c2FpZA.c2lnbmVk";
    private const string Ask = "curl -sS -m 20 -H \"Authorization: Bearer $AUXO_REGISTRY_TOKEN\" ";

    private readonly Bench _bench = new(Bench.Small with
    {
        Registry = new StepRepositories([new("raw", "raw"), new("npm", "npm")], []), FileBytes = 64 << 20, WorkspaceBytes = 64 << 20,
    });

    private StepRegistry Given => new(Token, _bench.Settings.Registry.Reads, _bench.Layout.StepSocket!, static () => null);

    [Fact]
    public async Task a_step_without_a_network_reaches_the_registry_and_nothing_else()
    {
        await using var server = await SocketServer.StartAsync(_bench.Layout);
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var (exit, log) = await _bench.RunAsync(
            Bench.Step(
                "echo $AUXO_REGISTRY", Ask + "$AUXO_REGISTRY/raw/files/a",
                "curl -s -o /dev/null -w '%{http_code}\\n' $AUXO_REGISTRY/raw/files/a",
                $"(exec 5<>/dev/tcp/127.0.0.1/{((IPEndPoint)closed.LocalEndpoint).Port}) 2>/dev/null || echo no-loopback",
                "(exec 5<>/dev/tcp/1.1.1.1/53) 2>/dev/null || echo no-internet",
                "(exec 5<>/dev/tcp/127.0.0.2/881) 2>/dev/null || echo no-other-address",
                $"ls {_bench.Layout.StepSocket} 2>/dev/null || echo no-socket"), registry: Given);
        Assert.Equal((Outcome.Passed, null), (exit.Outcome, exit.Reason));
        foreach (var line in (string[])[
            "http://127.0.0.1:881", $"/raw/files/a for Bearer {Token}", "401", "no-loopback", "no-internet",
            "no-other-address", "no-socket"])
            Assert.Contains($"\n{line}\n", log, StringComparison.Ordinal);
        Assert.False(closed.Pending());
        Assert.Equal(["GET 127.0.0.1:881 /raw/files/a", "GET 127.0.0.1:881 /raw/files/a"], server.Asked);
    }

    [Fact]
    public async Task a_step_that_is_given_none_finds_nothing_although_its_sandbox_waited_with_a_way_to_it()
    {
        await using var server = await SocketServer.StartAsync(_bench.Layout);
        var (exit, log) = await _bench.RunAsync(Bench.Step(
            "(exec 5<>/dev/tcp/127.0.0.1/881) 2>/dev/null || echo closed", "env | grep -ci registry || echo no-variable",
            "ls -A ~ | grep -c . || echo no-file"));
        Assert.Equal((Outcome.Passed, null), (exit.Outcome, exit.Reason));
        Assert.EndsWith("\n0\nno-file\n", log, StringComparison.Ordinal);
        Assert.Contains("\nclosed\n", log, StringComparison.Ordinal);
        Assert.Contains("\n0\nno-variable\n", log, StringComparison.Ordinal);
        Assert.Empty(server.Asked);
    }

    [Fact]
    public async Task large_files_go_both_ways_and_many_connections_at_once()
    {
        await using var server = await SocketServer.StartAsync(_bench.Layout);
        var (exit, log) = await _bench.RunAsync(
            Bench.Step(
                Ask + "$AUXO_REGISTRY/raw/files/large | wc -c",
                "head -c 20000000 /dev/zero >big; " + Ask + "-T big $AUXO_REGISTRY/raw/files/big; echo",
                "for i in $(seq 20); do " + Ask + "$AUXO_REGISTRY/raw/files/$i >/dev/null & done; wait; echo all"),
            registry: Given);
        Assert.Equal((Outcome.Passed, null), (exit.Outcome, exit.Reason));
        Assert.Contains("\n33554432\n", log, StringComparison.Ordinal);
        Assert.Contains("\ngot 20000000 bytes\n", log, StringComparison.Ordinal);
        Assert.EndsWith("\nall\n", log, StringComparison.Ordinal);
        Assert.Equal(22, server.Asked.Count);
    }

    [Fact]
    public async Task while_the_registry_is_away_a_step_hears_an_error_at_once_and_no_other_place_is_asked()
    {
        var (exit, log) = await _bench.RunAsync(
            Bench.Step(Ask + "$AUXO_REGISTRY/raw/files/a 2>&1 || echo code $?"), registry: Given);
        Assert.Equal((Outcome.Passed, null), (exit.Outcome, exit.Reason));
        Assert.Matches("\ncode (52|56)\n$", log);
    }

    [Fact]
    public async Task a_server_of_the_step_is_never_in_its_way()
    {
        await using var server = await SocketServer.StartAsync(_bench.Layout);
        Assert.SkipUnless(File.Exists("/usr/bin/perl"), "perl is not installed");
        const string listen = "use IO::Socket::INET; print IO::Socket::INET->new(Listen=>1,LocalAddr=>\"0.0.0.0\",LocalPort=>$ARGV[0])"
            + " ? \"listens\\n\" : \"refused\\n\"";
        var (exit, log) = await _bench.RunAsync(
            Bench.Step($"perl -e '{listen}' 8081; perl -e '{listen}' 1024; perl -e '{listen}' 80"), registry: Given);
        Assert.Equal(Outcome.Passed, exit.Outcome);
        Assert.EndsWith("\nlistens\nlistens\nrefused\n", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_step_with_a_network_has_the_way_too()
    {
        Assert.SkipWhen(StepNetwork.Find() is null, "slirp4netns is not installed");
        await using var server = await SocketServer.StartAsync(_bench.Layout);
        var (exit, log) = await _bench.RunAsync(Bench.Step(Ask + "$AUXO_REGISTRY/raw/files/a"), hasNetwork: true, registry: Given);
        Assert.Equal((Outcome.Passed, null), (exit.Outcome, exit.Reason));
        Assert.EndsWith($"\n/raw/files/a for Bearer {Token}\n", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task package_programs_are_told_in_its_home_and_what_the_step_says_itself_stays()
    {
        await using var server = await SocketServer.StartAsync(_bench.Layout);
        var own = Bench.Step("cat ~/.npmrc", "echo \"[$AUXO_REGISTRY]\"") with
        {
            Environment = new Dictionary<string, string> { ["AUXO_REGISTRY"] = "mine" },
        };
        var (exit, log) = await _bench.RunAsync(own, registry: Given);
        Assert.Equal((Outcome.Passed, null), (exit.Outcome, exit.Reason));
        Assert.Contains(
            "\nregistry=http://127.0.0.1:881/npm/npm/\n//127.0.0.1:881/npm/npm/:_authToken=${AUXO_REGISTRY_TOKEN}\n", log,
            StringComparison.Ordinal);
        Assert.EndsWith("\n[mine]\n", log, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "/npm/npm/left")]
    [InlineData("registry=http://127.0.0.1:881/npm/of-the-repository/", "/npm/of-the-repository/left")]
    public async Task npm_as_it_is_asks_there_with_the_token_unless_the_repository_names_another_place(string own, string asked)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/npm"), "npm is not installed in /usr/bin");
        await using var server = await SocketServer.StartAsync(_bench.Layout);
        await _bench.RunAsync(
            Bench.Step("echo '{}' >package.json; echo '" + own + "' >.npmrc; npm view left || true"), registry: Given);
        Assert.Contains($"GET 127.0.0.1:881 {asked}", server.Asked);
        // Never with a token that is meant for another place.
        Assert.Equal(own.Length == 0, server.Shown.Contains($"Bearer {Token}"));
    }

    [Fact]
    public async Task nothing_of_it_is_left_when_the_step_is_over_though_a_connection_was_open()
    {
        await using var server = await SocketServer.StartAsync(_bench.Layout);
        var before = Directory.GetFiles("/proc/self/fd").Length;
        for (var i = 0; i < 5; i++)
        {
            var (exit, _) = await _bench.RunAsync(Bench.Step("exec 5<>/dev/tcp/127.0.0.1/881; echo open"), registry: Given);
            Assert.Equal(Outcome.Passed, exit.Outcome);
        }

        // The server's ends are closed when it hears of it; nothing of the five is ever kept.
        await Auxo.Testing.Eventually.TrueAsync(
            () => Task.FromResult(Directory.GetFiles("/proc/self/fd").Length <= before + 4), "the descriptors are closed");
    }

    public void Dispose() => _bench.Dispose();
}
