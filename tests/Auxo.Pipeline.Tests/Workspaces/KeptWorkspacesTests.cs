using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Tests.Execution;
using Auxo.Pipeline.Workspaces;
using Auxo.ServiceDefaults.Disk;
using Auxo.Testing;

namespace Auxo.Pipeline.Tests.Workspaces;

/// <summary>What is kept of builds that failed: few, for a while, and nothing on a full disk.</summary>
public sealed class KeptWorkspacesTests : IDisposable
{
    private readonly Bench _bench = new(Bench.Small);
    private readonly ManualTime _time = new();
    private long _free = 1000;

    [Fact]
    public async Task the_last_ones_are_kept_as_they_were_left()
    {
        var kept = Keeping(2);
        var builds = new[] { Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid() };
        foreach (var one in builds)
        {
            await KeepAsync(kept, one);
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Null(await kept.FindAsync(builds[0].ToString(), Ct));
        var (build, tree) = (await kept.FindAsync(builds[2].ToString()[..8], Ct))!.Value;
        Assert.Equal((builds[2], "unit", "value"), (build.BuildId, build.Failed[0], build.Variables["AUXO_REF"]));
        Assert.Equal("made", await File.ReadAllTextAsync(Path.Combine(tree, "made.txt"), Ct));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_bench.Layout.Workspaces));
        Assert.NotNull(await kept.FindAsync(builds[1].ToString("N"), Ct));
        Assert.Null(await kept.FindAsync("", Ct));
        Assert.Null(await kept.FindAsync("../" + builds[1].ToString("N"), Ct));
    }

    [Fact]
    public async Task an_old_one_goes_and_one_that_was_looked_at_stays_longer()
    {
        var kept = Keeping(3);
        var (looked, left) = (Guid.NewGuid(), Guid.NewGuid());
        await KeepAsync(kept, looked);
        await KeepAsync(kept, left);
        _time.Advance(TimeSpan.FromDays(2));
        Assert.NotNull(await kept.FindAsync(looked.ToString(), Ct));
        _time.Advance(TimeSpan.FromDays(2));
        await kept.TrimAsync(Ct);
        Assert.NotNull(await kept.FindAsync(looked.ToString(), Ct));
        Assert.False(Directory.Exists(FolderOf(left)));
    }

    [Fact]
    public async Task on_a_disk_that_is_nearly_full_nothing_isKept_and_what_is_there_goes()
    {
        var kept = Keeping(3);
        var build = Guid.NewGuid();
        await KeepAsync(kept, build);
        _free = 0;
        Assert.False(await KeepAsync(kept, Guid.NewGuid(), dispose: true));
        await kept.TrimAsync(Ct);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_bench.Layout.Failed));
    }

    [Fact]
    public async Task none_isKept_where_none_is_wanted()
        => Assert.False(await KeepAsync(Keeping(0), Guid.NewGuid(), dispose: true));

    public void Dispose() => _bench.Dispose();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string FolderOf(Guid build) => Path.Combine(_bench.Layout.Failed, build.ToString("N"));

    private KeptWorkspaces Keeping(int most)
        => new(_bench.Layout, most, new DiskGuard(_bench.Layout.Home, 100, 0, _ => new DiskSpace(_free, 10_000)), _time);

    private async Task<bool> KeepAsync(KeptWorkspaces kept, Guid build, bool dispose = false)
    {
        var commit = _bench.Commit(("a.txt", "a"));
        var workspace = await _bench.Workspaces.PrepareAsync(_bench.Source, commit, build, Ct);
        await File.WriteAllTextAsync(Path.Combine(workspace.Path, "made.txt"), "made", Ct);
        var step = new CommandStep(
            "unit", ["false"], null, new Dictionary<string, string>(StringComparer.Ordinal), TimeSpan.FromMinutes(1), null, []);
        var isKept = await kept.KeepAsync(
            workspace, new KeptBuild(
                build, "demo", commit, new Dictionary<string, string>(StringComparer.Ordinal) { ["AUXO_REF"] = "value" }, [step], ["unit"]),
            Ct);
        if (dispose) await workspace.DisposeAsync();
        return isKept;
    }
}
