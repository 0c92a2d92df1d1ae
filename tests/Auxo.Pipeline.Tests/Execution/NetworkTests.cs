using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

using Auxo.Contracts;
using Auxo.Pipeline.Execution;
using Auxo.Pipeline.Execution.Bubblewrap;

using Microsoft.Extensions.Configuration;

namespace Auxo.Pipeline.Tests.Execution;

/// <summary>The network of a step that asks for one, in the real sandbox of this machine.</summary>
public sealed class NetworkTests : IDisposable
{
    private readonly Bench _bench = new();

    [Fact]
    public async Task a_step_reaches_what_this_machine_reaches_and_not_what_listens_for_this_machine_alone()
    {
        Assert.SkipWhen(StepNetwork.Find() is null, "slirp4netns is not installed");
        var address = NetworkInterface.GetAllNetworkInterfaces().SelectMany(static i => i.GetIPProperties().UnicastAddresses)
            .Select(static unicast => unicast.Address)
            .FirstOrDefault(static a => a.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(a));
        Assert.SkipWhen(address is null, "this machine has no address but its loopback");
        using var open = new TcpListener(address!, 0);
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        open.Start();
        closed.Start();
        var accepting = open.AcceptTcpClientAsync(TestContext.Current.CancellationToken).AsTask();
        var (exit, log) = await _bench.RunAsync(
            Bench.Step(
                $"exec 5<>/dev/tcp/{address}/{Port(open)}; echo reached",
                $"(exec 5<>/dev/tcp/127.0.0.1/{Port(closed)}) 2>/dev/null || echo no-loopback",
                // The gateway is this machine, as a step sees it.
                $"(exec 5<>/dev/tcp/10.0.2.2/{Port(closed)}) 2>/dev/null || echo no-gateway",
                "grep -h . /etc/resolv.conf", "grep hosts: /etc/nsswitch.conf", "grep ^CapEff /proc/self/status"),
            hasNetwork: true);
        Assert.Equal((Outcome.Passed, null), (exit.Outcome, exit.Reason));
        Assert.Equal(5, new[] { "\nreached\n", "\nno-loopback\n", "\nno-gateway\n", "\nnameserver 10.0.2.3\n", "\nhosts: files dns\n" }
            .Count(line => log.Contains(line, StringComparison.Ordinal)));
        Assert.Contains("CapEff:\t0000000000000000", log, StringComparison.Ordinal);
        Assert.False(closed.Pending());
        using var reached = await accepting;
    }

    [Fact]
    public async Task it_is_gone_with_the_step()
    {
        Assert.SkipWhen(StepNetwork.Find() is null, "slirp4netns is not installed");
        var before = Running();
        await _bench.RunAsync(Bench.Step("true"), hasNetwork: true);
        Assert.Equal(before, Running());

        static int Running() => System.Diagnostics.Process.GetProcessesByName("slirp4netns").Length;
    }

    [Theory]
    [InlineData(null, Trust.Trusted, null)]
    [InlineData("trusted", Trust.Trusted, null)]
    [InlineData("trusted", Trust.Stranger, "its author is not trusted")]
    [InlineData("off", Trust.Trusted, "the operator gives none (Auxo__Steps__Network=off)")]
    public void who_gets_one(string? setting, Trust trust, string? refusal)
    {
        using var bench = new Bench(ExecutionSettings.From(Configured(setting)));
        Assert.Equal(refusal, bench.Executors.NetworkRefusal(trust));
    }

    [Fact]
    public void another_word_is_refused_with_those_that_are_known()
        => Assert.Equal("Auxo:Steps:Network is 'on'; it must be 'trusted' or 'off'.",
            Assert.Throws<FormatException>(() => ExecutionSettings.From(Configured("on"))).Message);

    public void Dispose() => _bench.Dispose();

    private static IConfiguration Configured(string? network)
        => new ConfigurationBuilder().AddInMemoryCollection([new("Auxo:Steps:Network", network)]).Build();

    private static int Port(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;
}
