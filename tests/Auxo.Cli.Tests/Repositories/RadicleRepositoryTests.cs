using System.Text.Json;

using Auxo.Testing.Radicle;

namespace Auxo.Cli.Tests.Repositories;

/// <summary>New repositories on a real node, and who may read them; skipped where Radicle's programs are not on PATH.</summary>
public sealed class RadicleRepositoryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-rad-").FullName;

    [Fact]
    public async Task a_new_repository_is_private_and_nobody_else_hears_of_it_and_a_public_one_is_asked_about()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var lab = await RadicleLab.UpAsync(ct, "alice", "bob");
        var alice = lab.Nodes[0];
        var made = await RunAsync(alice, null, "repo", "init", "quiet", "Only ours", "--json");
        Assert.True(made.ExitCode == 0, made.Error);
        var rid = JsonDocument.Parse(made.Out).RootElement.GetProperty("rid").GetString()!;
        Assert.Equal("private", (await alice.RadAsync(ct, "inspect", "--visibility", rid)).Trim());
        Assert.Contains("being seeded with scope `all`", await alice.RadAsync(ct, "inspect", "--policy", rid), StringComparison.Ordinal);
        var work = Path.Combine(_folder, "quiet");
        Assert.Equal(
            (await alice.GitAsync(work, ct, "rev-parse", "HEAD")).Trim(),
            (await alice.GitAsync(alice.Storage(rid), ct, "rev-parse", "refs/heads/main")).Trim());

        var refused = await RunAsync(alice, null, "repo", "init", "loud", "Everybody's", "--public");
        Assert.Equal(2, refused.ExitCode);
        Assert.Equal(1, (await RunAsync(alice, "no\n", "repo", "init", "loud", "Everybody's", "--public")).ExitCode);
        Assert.False(Directory.Exists(Path.Combine(_folder, "loud")));
        var open = await RunAsync(alice, "y\n", "repo", "init", "loud", "Everybody's", "--public", "--scope", "followed");
        Assert.True(open.ExitCode == 0, open.Error);
        Assert.Contains("public on Radicle, as was read back before the push", open.Out, StringComparison.Ordinal);

        var all = await RunAsync(alice, null, "repo", "visibility", "--all", "--json");
        Assert.Equal(0, all.ExitCode);
        var items = JsonDocument.Parse(all.Out).RootElement.GetProperty("items").EnumerateArray().ToList();
        var loud = items.Find(static item => item.GetProperty("name").GetString() == "loud");
        Assert.Equal(("public", 1, false), (
            loud.GetProperty("visibility").GetString(), loud.GetProperty("threshold").GetInt32(), loud.TryGetProperty("readers", out _)));
        var quiet = items.Find(static item => item.GetProperty("name").GetString() == "quiet");
        Assert.Equal(["did:key:" + alice.Nid], quiet.GetProperty("readers").EnumerateArray().Select(static did => did.GetString()));
        Assert.All(quiet.GetProperty("seeds").EnumerateArray(), static seed => Assert.True(seed.GetProperty("mayRead").GetBoolean()));
        Assert.Contains("THRESHOLD", (await RunAsync(alice, null, "repo", "visibility", "--all")).Out, StringComparison.Ordinal);

        await alice.RadAsync(
            ct, "id", "update", "--repo", rid, "--title", "Bob too", "--description", "", "--allow", "did:key:" + lab.Nodes[1].Nid,
            "--no-confirm", "-q");
        var one = await RunInAsync(alice, work, null, ["repo", "visibility"]);
        Assert.Equal(0, one.ExitCode);
        Assert.StartsWith($"quiet  private  {rid}\n", one.Out, StringComparison.Ordinal);
        Assert.Contains($"  allowed    did:key:{lab.Nodes[1].Nid}\n", one.Out, StringComparison.Ordinal);
        Assert.Contains("  readers    2: ", one.Out, StringComparison.Ordinal);
        Assert.Equal(one.Out, (await RunAsync(alice, null, "repo", "visibility", "quiet")).Out);
        Assert.Equal(1, (await RunAsync(alice, null, "repo", "visibility", "unknown")).ExitCode);
        await alice.StopAsync();
        Assert.Contains("the node does not answer", (await RunAsync(alice, null, "repo", "visibility", rid)).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_is_not_what_was_wanted_is_not_pushed()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var lab = await RadicleLab.UpAsync(ct, "alice");
        var alice = lab.Nodes[0];
        // A 'rad' that makes everything public, whatever it is told.
        var real = Environment.GetEnvironmentVariable("PATH")!.Split(':')
            .Select(static folder => Path.Combine(folder, "rad")).First(File.Exists);
        var odd = Directory.CreateDirectory(Path.Combine(_folder, "odd")).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(odd, "rad"), $"#!/bin/bash\nargs=()\nfor a do [ \"$a\" = --private ] && a=--public; args+=(\"$a\"); done\n"
                + $"echo \"$1\" >> '{_folder}/asked'\nexec '{real}' \"${{args[@]}}\"\n", ct);
        File.SetUnixFileMode(Path.Combine(odd, "rad"), (UnixFileMode)0b111_101_101);
        var made = await RunInAsync(alice, _folder, null, ["repo", "init", "quiet", "Only ours"], odd);
        Assert.Equal(1, made.ExitCode);
        Assert.Contains("was to be private and is public. Nothing was pushed and nobody was told", made.Error, StringComparison.Ordinal);
        Assert.Contains("rad id update", made.Error, StringComparison.Ordinal);
        Assert.Equal("init\ninspect\n", await File.ReadAllTextAsync(Path.Combine(_folder, "asked"), ct));
        Assert.DoesNotContain("rad:", await alice.RadAsync(ct, "node", "inventory"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task without_a_profile_it_is_said()
    {
        var result = await CliResult.RunAsync(new() { ["HOME"] = _folder }, ["repo", "visibility"], folder: _folder);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("rad auth", result.Error, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<CliResult> RunAsync(LabNode node, string? input, params string[] args) => RunInAsync(node, _folder, input, args);

    private async Task<CliResult> RunInAsync(LabNode node, string folder, string? input, string[] args, string? programs = null)
    {
        var variables = new Dictionary<string, string>(node.Environment(), StringComparer.Ordinal) { ["HOME"] = _folder };
        var path = variables.GetValueOrDefault("PATH") ?? Environment.GetEnvironmentVariable("PATH")!;
        variables["PATH"] = programs is null ? path : $"{programs}:{path}";
        return await CliResult.RunAsync(variables, args, folder: folder, width: 200, input: input, executable: "/bin/true");
    }
}
