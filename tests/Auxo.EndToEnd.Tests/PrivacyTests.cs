using System.Diagnostics;
using System.Net.Http.Headers;

using Auxo.EndToEnd.Tests.GitStorage;
using Auxo.Instances;
using Auxo.Testing;

namespace Auxo.EndToEnd.Tests;

/// <summary>An instance that <c>./auxo up --detach</c> makes, with the usual umask, as other users of the machine see it.</summary>
public sealed class PrivacyTests : IAsyncDisposable
{
    private readonly string _folder = GitStorageFixture.OpenFolder();
    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal) { ["RAD_HOME"] = "/nonexistent/radicle" };
    private readonly IReadOnlyList<ReservedPort> _ports;
    private readonly InstanceLayout _layout;

    public PrivacyTests()
    {
        _layout = new InstanceLayout(Path.Combine(_folder, "home"));
        _environment["AUXO_HOME"] = _layout.Home;
        _ports = AuxoInstance.ReservePorts(_environment);
    }

    [Fact]
    public async Task no_other_user_can_read_anything_of_an_instance_that_was_started_with_the_usual_umask()
    {
        var ct = TestContext.Current.CancellationToken;
        var (code, said) = await RunAsync("up", "--detach");
        Assert.True(code == 0, said);
        AssertClosed("after the start");

        var repository = await PlainRepository.CreateAsync(Path.Combine(_folder, "code"), new Dictionary<string, string>
        {
            ["run.sh"] = "#!/usr/bin/env bash\necho\n",
            [".auxo/ci.yaml"] = "steps:\n  - name: keep\n    run: mkdir out; echo secret >out/a; until [ -e go ]; do sleep 0.05; done\n"
                + "    artifacts: [out/a]\n",
        });
        var commit = await repository.GitAsync("rev-parse", "HEAD");
        using var ingest = Client("ingest");
        using var pipeline = Client("pipeline");
        await ingest.TrackAsync(repository.Path);
        await Eventually.TrueAsync(
            () => Task.FromResult(Directory.EnumerateFiles(_layout.Workspaces, "a", SearchOption.AllDirectories).Any()),
            "the step has begun");
        AssertClosed("while a build runs");
        await File.WriteAllTextAsync(Path.Combine(Directory.EnumerateDirectories(_layout.Workspaces).Single(), "tree", "go"), "", ct);

        var build = await pipeline.FinishedBuildAsync(commit);
        build.ShouldHave("passed");
        using var registry = Client("registry");
        await Eventually.TrueAsync(
            async () => (await registry.GetStringAsync("/artifacts", ct)).Contains(commit, StringComparison.Ordinal), "it is published");
        AssertClosed("after a build");

        var (_, fine) = await RunAsync("diagnose");
        Assert.Contains("no other user of this machine can read anything of the instance", fine, StringComparison.Ordinal);
        File.SetUnixFileMode(_layout.Logs, (UnixFileMode)0b111_101_101);
        var (_, open) = await RunAsync("diagnose");
        Assert.Contains($"can be read by other users: {_layout.Logs}/", open, StringComparison.Ordinal);
        Assert.Contains($"chmod -R go-rw {_layout.Home}", open, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("down");
        foreach (var port in _ports) port.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void AssertClosed(string when)
    {
        var open = _layout.ReadableByOthers().ToList();
        Assert.True(open.Count == 0, $"{when}: {string.Join('\n', open)}");
    }

    private HttpClient Client(string service)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{_environment[$"AUXO_PORTS_{service.ToUpperInvariant()}"]}"),
        };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", File.ReadAllText(_layout.AdminToken).Trim());
        return client;
    }

    /// <summary>Runs a word of the AppHost's program with the umask that most people have.</summary>
    private async Task<(int Code, string Output)> RunAsync(params string[] words)
    {
        var start = new ProcessStartInfo("sh", ["-c", "umask 022; exec \"$0\" \"$@\"", AuxoInstance.Executable("Auxo.AppHost"), .. words])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        start.Environment.Remove("ConnectionStrings__auxo");
        foreach (var (name, value) in _environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }
}
