using Xunit;

namespace Auxo.Testing.Radicle;

/// <summary>
/// A few real Radicle nodes on loopback, isolated from everything: network <c>test</c>, no preferred seeds, static peers, keys
/// and homes in a temporary folder. The programs are found on PATH only; without them the running test is skipped.
/// </summary>
public sealed class RadicleLab : IAsyncDisposable
{
    private static readonly string[] Programs = ["rad", "radicle-node", "git-remote-rad"];
    private readonly List<LabNode> _nodes = [];

    private RadicleLab(string folder) => Folder = folder;

    /// <summary>The lab's folder: short, because sockets live in it.</summary>
    public string Folder { get; }

    /// <summary>The nodes in the order they were made.</summary>
    public IReadOnlyList<LabNode> Nodes => _nodes;

    /// <summary>The programs that are missing from PATH; empty when a lab can be made.</summary>
    public static IReadOnlyList<string> MissingPrograms()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return [.. Programs.Where(program => !folders.Any(folder => File.Exists(Path.Combine(folder, program))))];
    }

    /// <summary>
    /// Makes and starts nodes with these aliases; every later one dials the first. Skips the test when a program is missing.
    /// </summary>
    public static async Task<RadicleLab> UpAsync(CancellationToken cancellationToken, params string[] aliases)
    {
        var missing = MissingPrograms();
        Assert.SkipUnless(missing.Count == 0, $"No real Radicle nodes: {string.Join(", ", missing)} not on PATH.");

        var lab = new RadicleLab(Directory.CreateTempSubdirectory("lab-").FullName);
        try
        {
            foreach (var alias in aliases)
            {
                var node = await LabNode.CreateAsync(lab.Folder, alias, cancellationToken);
                lab._nodes.Add(node);
                await node.StartAsync(cancellationToken);
            }

            await lab.ConnectAsync(cancellationToken);
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>Every running node dials the first one.</summary>
    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        foreach (var node in _nodes.Skip(1).Where(node => node.IsRunning))
            await node.RadAsync(cancellationToken, "node", "connect", $"{_nodes[0].Nid}@{_nodes[0].Address}", "--timeout", "10s");
    }

    /// <summary>
    /// A private repository of the first node with this content, which all the others may read and have cloned with scope <c>all</c>.
    /// </summary>
    public async Task<LabRepository> CreateRepositoryAsync(
        string name, IReadOnlyDictionary<string, string> files, CancellationToken cancellationToken)
    {
        var owner = _nodes[0];
        var tree = owner.WorkTree(name);
        Directory.CreateDirectory(tree);
        await owner.GitAsync(tree, cancellationToken, "init", "-q", "-b", "main");
        LabNode.Write(tree, files);
        await owner.CommitAsync(tree, $"Start {name}", cancellationToken);
        await owner.RunAsync(
            tree, cancellationToken, "rad", "init", "--name", name, "--description", name, "--default-branch", "main",
            "--private", "--no-confirm", "--scope", "all");
        var rid = (await owner.RunAsync(tree, cancellationToken, "rad", "inspect", "--rid")).Trim();

        var readers = _nodes.Skip(1).SelectMany(node => (string[])["--allow", "did:key:" + node.Nid]).ToArray();
        if (readers.Length > 0)
        {
            await owner.RadAsync(
                cancellationToken, ["id", "update", "--repo", rid, "--title", "Allow readers", "--description", "",
                    .. readers, "--no-confirm", "-q"]);
        }

        foreach (var node in _nodes.Skip(1))
            await node.RadAsync(cancellationToken, "clone", rid, node.WorkTree(name), "--seed", owner.Nid, "--scope",
                "all", "--timeout", "20s");
        return new LabRepository(name, rid);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_nodes.Select(node => node.StopAsync()));
        foreach (var node in _nodes) node.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}

/// <summary>A repository of a lab.</summary>
/// <param name="Name">Its name, and the name of its work trees.</param>
/// <param name="Rid">With <c>rad:</c>.</param>
public sealed record LabRepository(string Name, string Rid);
