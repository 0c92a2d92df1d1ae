using System.Text;

using Auxo.Git;
using Auxo.Owners;
using Auxo.Radicle;

namespace Auxo.Cli.Patches.Owning;

/// <summary>The accepts of owners that the default branch's <c>.auxo/merge.yaml</c> asks of a patch.</summary>
/// <param name="Accepts">What is missing first; empty where nobody owns what it changes.</param>
/// <param name="Problem">Why nobody can say what is needed, which is no leave to merge; null for nothing.</param>
internal sealed record OwnersNeed(IReadOnlyList<WantedAccept> Accepts, string? Problem)
{
    /// <summary>It may be merged.</summary>
    public bool IsMet => Problem is null && Accepts.All(static a => a.IsGiven);

    /// <summary>What is missing, in one line.</summary>
    public string Missing => Problem ?? string.Join("; ", Accepts.Where(static a => !a.IsGiven).Select(static a => a.Words));

    /// <summary>
    /// What is needed for a change. Everything that says so is read at the default branch's tip: what a patch says of it has no effect
    /// before it is merged.
    /// </summary>
    /// <param name="repository">The folder that has the commits.</param>
    /// <param name="tip">The default branch.</param>
    /// <param name="from">What the change starts from.</param>
    /// <param name="to">What it ends in.</param>
    /// <param name="patch">Whose reviews of the newest revision count.</param>
    /// <param name="ct">Stops.</param>
    /// <returns>Null where no accept is required.</returns>
    public static async Task<OwnersNeed?> ReadAsync(
        string repository, string tip, string from, string to, RadiclePatch patch, CancellationToken ct)
    {
        try
        {
            var rule = await FileAsync(repository, tip, MergeFile.Path, MergeFile.MostBytes + 1, ct) is { } text
                ? MergeFile.Read(text) : MergeFile.None;
            if (rule.Problems is [var problem, ..]) return new OwnersNeed([], Wrong(MergeFile.Path, problem));
            if (!rule.OwnersRequired) return null;
            if (await OwnersAsync(repository, tip, ct) is not { } owners) return new OwnersNeed([], Problem: null);
            if (owners.Problems.FirstOrDefault(static p => p.Line == 0) is { } whole)
                return new OwnersNeed([], Wrong(owners.Path, whole));
            var people = await FileAsync(repository, tip, PeopleFile.Path, PeopleFile.MostBytes + 1, ct) is { } known
                ? PeopleFile.Read(known) : PeopleFile.Empty;
            return new OwnersNeed(
                OwnersAccept.Decide(owners, people, await PathsAsync(repository, from, to, ct), Accepted(patch), patch.Author),
                Problem: null);
        }
        catch (GitException e)
        {
            return new OwnersNeed([], $"what it changes, or who owns that, cannot be read: {e.Message}");
        }
    }

    /// <summary>Null when it may be merged, or somebody answers for it.</summary>
    /// <param name="need">Null: nothing is required.</param>
    /// <param name="patch">Its id in short.</param>
    /// <param name="own">Whose key it is that merges.</param>
    /// <param name="reason">Why it is merged all the same; null where nobody says so.</param>
    public static Refusal? Refuse(OwnersNeed? need, string patch, Contracts.Did own, string? reason)
    {
        if (need is null or { IsMet: true } || !string.IsNullOrWhiteSpace(reason)) return null;
        const string forced = "\nOr merge it all the same, which is kept and raises an alarm: --override REASON";
        if (need.Problem is not null)
            return new Refusal(
                $"Nobody can say whose accept patch {patch} needs: {need.Problem}.",
                "Mend that on the default branch; 'auxo owners lint' names the line." + forced);
        var missing = need.Accepts.Where(static a => !a.IsGiven).ToList();
        var todo = missing.Exists(a => a.Open.Any(o => o.Did == own))
            ? $"You are one of them: auxo patch review {patch} --accept"
            : missing.Exists(static a => a.IsImpossible)
                ? $"Name more owners in CODEOWNERS, or their keys in {PeopleFile.Path}, on the default branch."
                : $"Each of them, of the newest revision: auxo patch review {patch} --accept";
        return new Refusal($"Patch {patch} waits for its owners: {need.Missing}.", todo + forced);
    }

    private static IReadOnlyCollection<Contracts.Did> Accepted(RadiclePatch patch)
        => [.. patch.Latest.Reviews.Where(static r => r.Verdict == ReviewVerdict.Accept).Select(static r => r.Author)];

    private static string Wrong(string path, OwnersProblem problem)
        => $"{path}{(problem.Line > 0 ? $":{problem.Line}" : "")} of the default branch: {problem.Message}";

    private static async Task<OwnersFile?> OwnersAsync(string repository, string tip, CancellationToken ct)
    {
        foreach (var place in OwnersPlaces.All)
        {
            if (await FileAsync(repository, tip, place, OwnersFile.MostBytes + 1, ct) is { } content)
                return OwnersFile.Read(place, content);
        }

        return null;
    }

    /// <summary>Null where there is no such file. One that cannot be read, or is too large, is there.</summary>
    /// <exception cref="GitException">It cannot be read.</exception>
    private static async Task<byte[]?> FileAsync(string repository, string tip, string path, int most, CancellationToken ct)
        => await GitCommand.AskAsync(repository, ct, "rev-parse", "--verify", "--quiet", $"{tip}:{path}") is null ? null
            : await GitCommand.RunBytesAsync(repository, ["cat-file", "blob", $"{tip}:{path}"], ct, most: most);

    /// <summary>Of a renamed file both paths. Neither settings nor attributes hide a path.</summary>
    /// <exception cref="GitException">A commit is not here.</exception>
    private static async Task<IReadOnlyList<string>> PathsAsync(string repository, string from, string to, CancellationToken ct)
        => Encoding.UTF8.GetString(await GitCommand.RunBytesAsync(
            repository,
            ["diff-tree", "-r", "-z", "--name-only", "--no-renames", "--no-relative", "--ignore-submodules=none", "--no-commit-id", from,
                to, "--"],
            ct, environment: GitCommand.LittleMemory)).Split('\0', StringSplitOptions.RemoveEmptyEntries);
}
