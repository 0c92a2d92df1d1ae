using Auxo.Benchmarks.Measuring;
using Auxo.Contracts;
using Auxo.Testing.Radicle;

namespace Auxo.Benchmarks.Sides;

/// <summary>A repository of one side, with readers of both nodes' storages.</summary>
internal sealed record SideRepository(LabRepository Lab, VerdictReader AtAlice, VerdictReader AtBob)
{
    /// <summary>With <c>rad:</c>.</summary>
    public string Rid => Lab.Rid;
}

/// <summary>
/// Two real nodes, and a CI beside the first: alice's. Both sides do exactly the same; only who builds differs. The
/// repository's one command prints the time before it does anything else.
/// </summary>
internal abstract class Side(RadicleLab lab, NodeEar ear) : IAsyncDisposable
{
    private readonly List<SideRepository> _repositories = [];
    private int _commits;

    /// <summary>Runs the CI.</summary>
    public LabNode Alice => lab.Nodes[0];

    /// <summary>Opens patches.</summary>
    public LabNode Bob => lab.Nodes[1];

    /// <summary>Makes a repository with the pipeline files of both sides and waits until the CI has built its first push.</summary>
    public async Task<SideRepository> AddRepositoryAsync(string name, IReadOnlyDictionary<string, string> files, CancellationToken ct)
    {
        var all = new Dictionary<string, string>(files, StringComparer.Ordinal)
        {
            ["README.md"] = $"# {name}\n\nA repository to measure with.\n", ["LICENSE"] = "Nobody's.\n",
            [".auxo/ci.yaml"] = "steps:\n  - name: stamp\n    run: echo \"stamp $EPOCHREALTIME\"\n",
            [".radicle/native.yaml"] = NativePipeline(),
        };
        var made = await lab.CreateRepositoryAsync(name, all, ct);
        await FollowAsync(made, ct);
        var repository = new SideRepository(
            made, await VerdictReader.OpenAsync(Alice, made.Rid, Alice, ct), await VerdictReader.OpenAsync(Bob, made.Rid, Alice, ct));
        _repositories.Add(repository);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await PushMainAsync(repository, ct);
                return repository;
            }
            catch (TimeoutException) when (attempt < 3)
            {
                // The peer hears nothing before it has subscribed, and never looks back.
            }
        }
    }

    /// <summary>Alice pushes a commit to main at her own node.</summary>
    public async Task<Run> PushMainAsync(SideRepository repository, CancellationToken ct)
    {
        var commit = await CommitAsync(Alice, repository, ct);
        var begun = Poll.Now;
        await Alice.GitAsync(Alice.WorkTree(repository.Lab.Name), ct, "push", "-q", "rad", "HEAD:refs/heads/main");
        return await FollowRunAsync(repository, new Subject(commit, null), begun, ct);
    }

    /// <summary>Alice pushes to main, and her node tells nobody.</summary>
    public async Task<CommitId> PushMainQuietlyAsync(SideRepository repository, CancellationToken ct)
    {
        var commit = await CommitAsync(Alice, repository, ct);
        await Alice.GitAsync(Alice.WorkTree(repository.Lab.Name), ct, "push", "-q", "rad", "-o", "no-sync", "HEAD:refs/heads/main");
        return commit;
    }

    /// <summary>Bob opens a patch at his node; waits until he can read the verdict.</summary>
    public async Task<Run> OpenPatchAsync(SideRepository repository, CancellationToken ct)
    {
        await StartBranchAsync(repository, ct);
        var commit = await CommitAsync(Bob, repository, ct);
        var begun = Poll.Now;
        await Bob.GitAsync(Bob.WorkTree(repository.Lab.Name), ct, "push", "-q", "rad", "-o",
            "patch.message=Change something", "HEAD:refs/patches");
        var subject = new Subject(commit, await PatchOfAsync(repository, commit, ct));
        var readable = await ReadableAsync(repository, repository.AtBob, subject, ct);
        return await FollowRunAsync(repository, subject, begun, ct) with { Readable = readable };
    }

    /// <summary>Bob writes a patch and tells nobody yet.</summary>
    public async Task<Subject> WritePatchAsync(SideRepository repository, CancellationToken ct)
    {
        await StartBranchAsync(repository, ct);
        var commit = await CommitAsync(Bob, repository, ct);
        await Bob.GitAsync(Bob.WorkTree(repository.Lab.Name), ct, "push", "-q", "rad", "-o",
            "patch.message=One of many", "-o", "no-sync", "HEAD:refs/patches");
        return new Subject(commit, await PatchOfAsync(repository, commit, ct));
    }

    /// <summary>When the command of a commit began, as soon as that is known.</summary>
    public abstract Task<DateTimeOffset> FirstCommandAsync(SideRepository repository, Subject subject, CancellationToken ct);

    /// <summary>Whether a node's storage has the verdict.</summary>
    public abstract Task<bool> HasVerdictAsync(VerdictReader at, SideRepository repository, Subject subject, CancellationToken ct);

    /// <summary>Waits for the verdict in a node's storage, and says when it came.</summary>
    public Task<DateTimeOffset> ReadableAsync(SideRepository repository, VerdictReader at, Subject subject, CancellationToken ct)
        => Poll.UntilAsync(
            async () =>
            {
                var now = Poll.Now;
                return await HasVerdictAsync(at, repository, subject, ct) ? now : (DateTimeOffset?)null;
            },
            $"the verdict of {subject.Commit.Short} can be read", ct, limit: TimeSpan.FromSeconds(120));

    /// <summary>Starts to follow a repository.</summary>
    protected abstract Task FollowAsync(LabRepository repository, CancellationToken ct);

    /// <summary>Waits until the CI rests again; when it had its verdict.</summary>
    protected abstract Task<DateTimeOffset> EndedAsync(SideRepository repository, Subject subject, CancellationToken ct);

    /// <summary>What the CI itself says about where the time went.</summary>
    protected virtual Task<IReadOnlyList<(string Stage, TimeSpan Took)>> StagesAsync(
        SideRepository repository, Run run, CancellationToken ct)
        => Task.FromResult<IReadOnlyList<(string, TimeSpan)>>([]);

    /// <summary>The peer's pipeline file; it is in every repository of both sides, so that both build the same.</summary>
    protected abstract string NativePipeline();

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        foreach (var repository in _repositories)
        {
            await repository.AtAlice.DisposeAsync();
            await repository.AtBob.DisposeAsync();
        }

        await ear.DisposeAsync();
        await lab.DisposeAsync();
    }

    private async Task<Run> FollowRunAsync(SideRepository repository, Subject subject, DateTimeOffset begun, CancellationToken ct)
    {
        var first = await FirstCommandAsync(repository, subject, ct);
        var told = await ear.FirstAsync(repository.Rid, begun, ct);
        var run = new Run(subject, begun, told, first, await EndedAsync(repository, subject, ct));
        return run with { Stages = await StagesAsync(repository, run, ct) };
    }

    private async Task StartBranchAsync(SideRepository repository, CancellationToken ct)
        => await Bob.GitAsync(Bob.WorkTree(repository.Lab.Name), ct, "checkout", "-q", "-B", $"work-{_commits}", "rad/main");

    private async Task<CommitId> CommitAsync(LabNode node, SideRepository repository, CancellationToken ct)
    {
        var tree = node.WorkTree(repository.Lab.Name);
        await File.AppendAllTextAsync(Path.Combine(tree, "notes.txt"), $"{++_commits}\n", ct);
        return CommitId.Parse(await node.CommitAsync(tree, $"Change {_commits}", ct));
    }

    /// <summary>The id of a patch is not known before it is pushed; bob's storage tells it.</summary>
    private async Task<PatchId> PatchOfAsync(SideRepository repository, CommitId commit, CancellationToken ct)
    {
        var refs = $"refs/namespaces/{Bob.Nid}/refs/heads/patches/";
        var name = await Bob.GitAsync(
            Bob.Storage(repository.Rid), ct, "for-each-ref", "--format=%(refname)", "--points-at", commit.Value, refs);
        return PatchId.Parse(name.Trim()[refs.Length..]);
    }
}
