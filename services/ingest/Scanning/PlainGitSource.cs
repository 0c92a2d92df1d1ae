using System.Globalization;

using Auxo.Contracts;
using Auxo.Git;
using Auxo.Ingest.Commits;
using Auxo.Ingest.Recording;
using Auxo.Ingest.Tracking;

namespace Auxo.Ingest.Scanning;

/// <summary>A git repository without Radicle: the default branch and those that were asked for.</summary>
public sealed class PlainGitSource(string path) : RepositorySource(path)
{
    /// <inheritdoc/>
    public override async Task<RepositorySnapshot> ReadAsync(KnownRepository known, CancellationToken ct)
    {
        var (repository, main) = (known.Repository, known.Repository.DefaultBranch);
        var (problems, branches) = (new List<TipProblem>(), new List<BranchSnapshot>());
        try
        {
            var refs = await GitTree.RefsAsync(Path, "refs/heads/", ct);
            // Renamed, or made after the repository was tracked.
            if (!refs.ContainsKey("refs/heads/" + main)) main = await DefaultBranch.OfAsync(Path, ct);
            foreach (var name in repository.Branches.Prepend(main).Distinct(StringComparer.Ordinal))
            {
                if (!refs.TryGetValue("refs/heads/" + name, out var oid)) problems.Add(new TipProblem(
                    "branch", name, null, name == main
                        ? WhyNotBuilt.NoDefaultBranch(name, Path, [.. refs.Keys.Select(static r => r["refs/heads/".Length..])])
                        : WhyNotBuilt.NoBranch(name)));
                else branches.Add(await BranchAsync(name, CommitId.Parse(oid), repository.Tip(name)?.Commit, isDefault: name == main, ct));
            }
        }
        catch (Exception e) when (e is GitException or IOException or FormatException)
        {
            throw new SourceUnreadableException(
                Directory.Exists(Path)
                    ? $"{Path} cannot be read: {e.Message.TrimEnd('.')}."
                    : $"{Path} is gone. Move it back, or untrack it and track it where it is now.", e);
        }

        return new RepositorySnapshot(repository.Name, main, [], branches, [], problems);
    }

    /// <inheritdoc/>
    public override async Task<bool> HasCommitAsync(CommitId commit, CancellationToken ct)
        => await GitCommand.AskAsync(Path, ct, "cat-file", "-e", commit.Value + "^{commit}") is not null;

    /// <inheritdoc/>
    public override Task<IDisposable> ListenAsync(Action changed, CancellationToken ct)
        => Task.FromResult<IDisposable>(new RefsWatcher(
            [new RefsPlace(System.IO.Path.Combine(Path, "refs", "heads"), "*", IsDeep: true), new RefsPlace(Path, "packed-refs")],
            changed));

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<BranchSnapshot> BranchAsync(
        string name, CommitId head, CommitId? old, bool isDefault, CancellationToken ct)
    {
        if (head == old) return new BranchSnapshot(name, head, "", null, default, []);
        var said = await GitCommand.RunAsync(Path, ["log", "-1", "--no-show-signature", "--format=%ct%n%B", head.Value, "--"], ct);
        var lines = said.Split('\n', 2);
        var at = long.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds < DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : DateTimeOffset.UnixEpoch;
        var title = lines.Length > 1 ? lines[1].TrimStart().Split('\n', 2)[0].TrimEnd() : "";
        var brought = isDefault ? await BroughtReader.ReadAsync(Path, old, head, ct) : null;
        return new BranchSnapshot(name, head, title, null, at, [], brought);
    }
}
