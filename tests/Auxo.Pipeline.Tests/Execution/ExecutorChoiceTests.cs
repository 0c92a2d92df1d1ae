using System.Net.Sockets;

using Auxo.Contracts;
using Auxo.Pipeline.Execution;

using Microsoft.Extensions.Configuration;

namespace Auxo.Pipeline.Tests.Execution;

public sealed class ExecutorChoiceTests
{
    [Fact]
    public void a_step_with_an_image_needs_an_engine_and_the_refusal_says_so()
    {
        using var bench = new Bench(Bench.Small with { DockerSocket = "/no/docker.sock" });
        var choice = bench.Executors.For(Bench.Step("true") with { Image = "debian:12" });
        Assert.Null(choice.Executor);
        Assert.Equal(
            "the step wants the image debian:12, but Docker is not running here (no /no/docker.sock; Auxo__DockerSocket names another)",
            choice.Refusal);
    }

    [Fact]
    public void a_socket_that_nobody_listens_on_is_no_engine()
    {
        using var bench = new Bench(Bench.Small with { DockerSocket = Path.Combine(Path.GetTempPath(), $"auxo-dead-{Guid.NewGuid():N}") });
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)) socket.Bind(
            new UnixDomainSocketEndPoint(bench.Settings.DockerSocket));
        if (!File.Exists(bench.Settings.DockerSocket)) File.WriteAllText(bench.Settings.DockerSocket, "");
        Assert.Contains("does not answer", bench.Executors.For(Bench.Step("true") with { Image = "debian:12" })
            .Refusal, StringComparison.Ordinal);
        File.Delete(bench.Settings.DockerSocket);
    }

    [Fact]
    public void the_sandbox_says_what_it_is()
    {
        using var bench = new Bench();
        var choice = bench.Executors.For(Bench.Step("true"));
        Assert.SkipWhen(choice.Executor is null, choice.Refusal ?? "");
        Assert.Matches(@"^bubblewrap [0-9.]+(, seccomp)?(, user \d+)?; limits: (cgroup v[12]|rlimits and a watcher)$",
            choice.Executor!.Sandbox);
    }

    [Fact]
    public void an_unknown_setting_is_refused_with_the_choices()
    {
        using var bench = new Bench(Bench.Small with { Sandbox = "hots" });
        Assert.Equal("Auxo:Sandbox is 'hots'; it must be 'auto' or 'host'", bench.Executors.For(Bench.Step("true")).Refusal);
    }

    [Fact]
    public async Task the_host_is_used_only_when_the_operator_says_so_and_never_by_root()
    {
        using var bench = new Bench(Bench.Small with { Sandbox = "host" });
        var choice = bench.Executors.For(Bench.Step("true"));
        if (Environment.IsPrivilegedProcess)
        {
            Assert.Contains("not for root", choice.Refusal, StringComparison.Ordinal);
            return;
        }

        var (exit, log) = await bench.RunAsync(Bench.Step("echo \"$HOME\"", "(setsid sleep 1000 &)", "exit 4"));
        Assert.Equal((Outcome.Failed, 4), (exit.Outcome, exit.ExitCode));
        Assert.Contains(bench.Layout.Steps, log, StringComparison.Ordinal);
    }

    [Fact]
    public void settings_are_read_with_units_and_a_wrong_one_is_named()
    {
        var settings = ExecutionSettings.From(
            Configure(("Auxo:Steps:MemoryMiB", "512"), ("Auxo:Steps:GraceSeconds", "0.5"), ("Auxo:Sandbox", "HOST")));
        Assert.Equal((512L << 20, TimeSpan.FromSeconds(0.5), "host"), (settings.MemoryBytes, settings.Grace, settings.Sandbox));
        Assert.Equal(new ExecutionSettings().Processes, settings.Processes);
        var error = Assert.Throws<FormatException>(() => ExecutionSettings.From(Configure(("Auxo:Steps:MemoryMiB", "lots"))));
        Assert.Equal("Auxo:Steps:MemoryMiB is 'lots'; it must be a number above 0.", error.Message);

        static IConfiguration Configure(params (string Key, string Value)[] values)
            => new ConfigurationBuilder()
                .AddInMemoryCollection(values.Select(static v => KeyValuePair.Create(v.Key, (string?)v.Value))).Build();
    }
}
