using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;

using Auxo.Registry.Packages;
using Auxo.Testing;

namespace Auxo.Registry.Tests.Npm.Clients;

/// <summary>
/// npm, pnpm, Yarn and Bun as their makers publish them, installed once on a machine: into the folder that
/// <c>AUXO_NPM_CLIENTS</c> names, else below the user's cache. And one registry for all of them.
/// </summary>
public sealed class NpmClients(PostgresFixture postgres) : IAsyncLifetime
{
    /// <summary>The newest when this was written; another one may behave otherwise.</summary>
    private static readonly string[] Pinned =
        ["npm@12.2.0", "pnpm@12.21.0", "@yarnpkg/cli-dist@4.18.1", "bun@1.4.5", $"node-{Platform}@22.23.3"];

    private readonly string _home = Directory.CreateTempSubdirectory("auxo-npm-home-").FullName;
    private string _folder = "";
    private string? _missing;

    private static string Platform => $"linux-{(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64")}";

    /// <summary>The registry.</summary>
    public RegistryHost Host { get; private set; } = null!;

    /// <summary>The address of one of its repositories.</summary>
    public string Registry(string repository) => $"{Host.Address}npm/{repository}/";

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _missing = await InstallAsync();
        Host = await RegistryHost.StartAsync(
            await postgres.CreateDatabaseAsync(), Path.Combine(_home, "auxo"), ("Auxo:Egress:Allow", "127.0.0.1"));
        await Host.DefineAsync("team", format: "npm");
        await Host.DefineAsync("world", format: "npm", anonymousRead: true);
        await Host.DefineAsync("mirror", format: "npm", upstream: $"{Host.Address}npm/world");
        var left = new JsonObject
        {
            ["name"] = "world-left", ["version"] = "1.0.0", ["dependencies"] = new JsonObject { ["@world/pad"] = "1.x" },
        };
        foreach (var body in (JsonObject[])[
            TestTarball.Body("@world/pad", "1.0.0"), TestTarball.Body("world-left", "1.0.0", package: left)])
            (await Host.PutAsync($"/npm/world/{body["name"]}", body.ToJsonString())).EnsureSuccessStatusCode().Dispose();
        foreach (var name in (string[])["@world/pad", "world-left"]) await MakeOldAsync(name, "1.0.0", days: 30);
    }

    /// <summary>A project and a user's home of its own; skips the test when the clients are not here.</summary>
    public NpmProject Project(string client, string repository = "team")
    {
        Assert.SkipWhen(_missing is not null, _missing ?? "");
        return new NpmProject(
            this, client, repository, Directory.CreateDirectory(Path.Combine(_home, Guid.NewGuid().ToString("N")[..8])).FullName);
    }

    /// <summary>All that was published is as old as this from now on: Yarn and pnpm do not take what is younger than a day.</summary>
    public async Task MakeOldAsync(string name, string version, int days = 3)
    {
        await Host.ExecuteAsync(
            "update registry.package_versions set published_at = now() - make_interval(days => $3) where name = $1 and version = $2",
            name, version, days);
        await Host.ExecuteAsync("update registry.packages set changed_at = now() - make_interval(days => $2) where name = $1", name, days);
        foreach (var repository in (string[])["team", "world"]) Host.Get<PackageDocuments>().Forget(repository, name);
    }

    /// <summary>How a client is started.</summary>
    internal IReadOnlyList<string> CommandOf(string client) => client switch
    {
        "npm" => [Node, In("npm/bin/npm-cli.js")],
        "pnpm" => [In($"@pnpm/exe.{Platform}/pnpm")],
        "yarn" => [Node, In("@yarnpkg/cli-dist/bin/yarn.js")],
        "bun" => [Bun],
        _ => throw new ArgumentException(client),
    };

    internal string Node => In($"node-{Platform}/bin/node");

    // Its installation script moves it.
    private string Bun => File.Exists(In($"@oven/bun-{Platform}/bin/bun")) ? In($"@oven/bun-{Platform}/bin/bun") : In("bun/bin/bun.exe");

    private string In(string path) => Path.Combine(_folder, "node_modules", path);

    /// <summary>Installs what is missing; why it cannot be, else null.</summary>
    private async Task<string?> InstallAsync()
    {
        if (!OperatingSystem.IsLinux()) return "The clients of npm are tested on Linux.";
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } set
            ? set : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        _folder = Environment.GetEnvironmentVariable("AUXO_NPM_CLIENTS") is { Length: > 0 } given
            ? given : Path.Combine(cache, "auxo-tests", "npm-clients-1");
        if (IsComplete) return null;
        if (!Tool.IsThere("npm")) return $"npm's clients are not in {_folder}, and there is no npm to install them with.";
        Directory.CreateDirectory(_folder);
        var (code, said) = await RunAsync(_folder, ["npm", "install", "--prefix", _folder, "--ignore-scripts", "--no-audit", "--no-fund",
            "--fetch-retries=0", "--fetch-timeout=60000", .. Pinned], prepare: null);
        return code == 0 && IsComplete ? null
            : $"npm's clients could not be installed into {_folder}: {said[..Math.Min(said.Length, 300)]}";
    }

    private bool IsComplete => File.Exists(Node) && File.Exists(Bun)
        && ((string[])["npm", "pnpm", "yarn"]).All(client => File.Exists(CommandOf(client)[^1]));

    /// <summary>Runs a program; at a prompt that <paramref name="answers"/> names, the answer is typed.</summary>
    internal static async Task<(int Code, string Said)> RunAsync(
        string folder, IReadOnlyList<string> command, Action<ProcessStartInfo>? prepare, params (string Prompt, string Answer)[] answers)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            UseShellExecute = false, WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        prepare?.Invoke(start);
        using var process = Process.Start(start)!;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        await using var end = patience.Token.Register(() => process.Kill(entireProcessTree: true));
        var complained = process.StandardError.ReadToEndAsync();
        if (answers.Length == 0) process.StandardInput.Close();
        var (said, buffer, asked) = (new StringBuilder(), new char[4096], 0);
        while (await process.StandardOutput.ReadAsync(buffer) is > 0 and var read)
        {
            var from = said.Length;
            said.Append(buffer, 0, read);
            // A prompt comes in one piece; what was typed is shown again after it.
            if (asked == answers.Length
                || !said.ToString(from, read).Contains(answers[asked].Prompt, StringComparison.OrdinalIgnoreCase)) continue;
            await process.StandardInput.WriteAsync(answers[asked++].Answer + "\r");
            await process.StandardInput.FlushAsync();
        }

        await process.WaitForExitAsync();
        return (process.ExitCode, said + await complained);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }
}
