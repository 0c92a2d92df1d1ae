using System.Text.Json;

using Auxo.Contracts;
using Auxo.Radicle;
using Auxo.Testing;
using Auxo.Testing.Radicle;

namespace Auxo.Cli.Tests.Patches;

/// <summary>Two real nodes, a repository of the first one's, and the command line run as either of them.</summary>
internal sealed class PatchLab : IAsyncDisposable
{
    private readonly RadicleLab _lab;

    private PatchLab(RadicleLab lab, LabRepository repository) => (_lab, Repository) = (lab, repository);

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public LabRepository Repository { get; }

    public Rid Rid => Rid.Parse(Repository.Rid);

    /// <summary>Whose repository it is.</summary>
    public LabNode Alice => _lab.Nodes[0];

    /// <summary>Who has cloned it.</summary>
    public LabNode Bob => _lab.Nodes[1];

    public static async Task<PatchLab> UpAsync()
    {
        var lab = await RadicleLab.UpAsync(Ct, "alice", "bob");
        var files = new Dictionary<string, string>(StringComparer.Ordinal) { ["README"] = "demo\n" };
        return new PatchLab(lab, await lab.CreateRepositoryAsync("demo", files, Ct));
    }

    public string Tree(LabNode node) => node.WorkTree(Repository.Name);

    /// <summary>What the command line's surroundings are for a node's owner.</summary>
    public static Dictionary<string, string> Variables(LabNode node, FakeAuxo? auxo = null)
        => new(node.Environment(), StringComparer.Ordinal)
        {
            ["PATH"] = Environment.GetEnvironmentVariable("PATH")!, ["AUXO_HOME"] = auxo?.Home ?? "/nonexistent",
        };

    /// <summary>Runs <c>auxo</c> in the node's working copy.</summary>
    public Task<CliResult> RunAsync(LabNode node, params string[] args) => RunAsync(node, auxo: null, args);

    public Task<CliResult> RunAsync(LabNode node, FakeAuxo? auxo, params string[] args)
        => CliResult.RunAsync(Variables(node, auxo), args, folder: Tree(node), width: 120, ct: Ct);

    public Task<string> GitAsync(LabNode node, params string[] arguments) => node.GitAsync(Tree(node), Ct, arguments);

    /// <summary>A commit on a branch, which is made at the canonical main if it is not there.</summary>
    public async Task<string> CommitAsync(LabNode node, string branch, string file, string text, string? message = null)
    {
        var tree = Tree(node);
        if ((await node.GitAsync(tree, Ct, "branch", "--list", branch)).Length == 0)
            await node.GitAsync(tree, Ct, "switch", "-q", "--no-track", "-c", branch, "rad/main");
        else await node.GitAsync(tree, Ct, "switch", "-q", branch);
        await File.WriteAllTextAsync(Path.Combine(tree, file), text, Ct);
        return await node.CommitAsync(tree, message ?? $"Change {file}", Ct);
    }

    /// <summary>Opens a patch of what is checked out; returns its id.</summary>
    public async Task<string> OpenAsync(LabNode node, string title, params string[] more)
    {
        var result = await RunAsync(node, ["patch", "create", title, .. more, "--yes", "--json"]);
        Assert.True(result.ExitCode == 0, result.Error);
        return JsonDocument.Parse(result.Out).RootElement.GetProperty("patchId").GetString()!;
    }

    /// <summary>The patch as a node's storage has it; null while it has not.</summary>
    public async Task<RadiclePatch?> PatchAsync(LabNode node, string id)
    {
        await using var storage = await RadicleRepository.OpenAsync(node.Storage(Repository.Rid), Ct);
        return await storage.ReadPatchAsync(PatchId.Parse(id), Ct);
    }

    /// <summary>Waits until a node has it, as it shall be.</summary>
    public Task ArrivesAsync(LabNode node, string id, Func<RadiclePatch, bool> isThere)
        => Eventually.TrueAsync(async () => await PatchAsync(node, id) is { } patch && isThere(patch), $"{node.Alias} has patch {id[..7]}");

    /// <summary>Connects the nodes again, after one was stopped.</summary>
    public Task ConnectAsync() => _lab.ConnectAsync(Ct);

    public ValueTask DisposeAsync() => _lab.DisposeAsync();
}
