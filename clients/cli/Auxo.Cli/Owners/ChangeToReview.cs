using Auxo.Cli.WorkingCopies;
using Auxo.Git;
using Auxo.Radicle;

namespace Auxo.Cli.Owners;

/// <summary>What somebody wants to have looked at.</summary>
/// <param name="Repository">The folder that has its commits: the working copy, or the storage of Radicle for a patch.</param>
/// <param name="Base">The commit that it starts from.</param>
/// <param name="Head">The commit that it ends in.</param>
/// <param name="Patch">The patch that it is; null for a range of commits.</param>
internal sealed record ChangeToReview(string Repository, string Base, string Head, RadiclePatch? Patch)
{
    /// <summary>The newest work here, <c>BASE..HEAD</c>, or a patch by at least four digits of its id.</summary>
    /// <exception cref="CliException">There is no such change.</exception>
    public static async Task<ChangeToReview> FindAsync(
        WorkingCopy copy, RadicleRepository? storage, string? typed, CancellationToken ct)
    {
        if (typed is not null && typed.IndexOf("..", StringComparison.Ordinal) is >= 0 and var dots)
            return await RangeAsync(copy, Or(typed[..dots], "HEAD"), Or(typed[dots..].TrimStart('.'), "HEAD"), ct);
        if (typed is { Length: >= 4 and <= 40 } && typed.All(char.IsAsciiHexDigit))
        {
            if (storage is not null && await LocalStorage.FindPatchAsync(storage, typed, ct) is { } patch)
                return await OfPatchAsync(storage, patch, ct);
            if (storage is null && await copy.CommitAsync(typed, ct) is null) throw new CliException(
                ExitCode.Usage, "Patches are read from the storage of Radicle, which is not on this machine or lacks this repository.",
                "Set RAD_HOME, or name the commits: auxo owners suggest BASE..HEAD");
        }

        var identity = storage is null ? null : (await storage.ReadIdentityAsync(ct)).DefaultBranch;
        var canonical = await CanonicalBranch.FindAsync(copy, identity, ct)
            ?? throw new CliException(ExitCode.Usage, "It is not known what the default branch is.",
                "Name the commits: auxo owners suggest BASE..HEAD");
        return await RangeAsync(copy, canonical.Ref, typed ?? "HEAD", ct);
    }

    private static async Task<ChangeToReview> RangeAsync(WorkingCopy copy, string from, string to, CancellationToken ct)
    {
        var one = await copy.CommitAsync(from, ct) ?? throw Missing(from);
        var other = await copy.CommitAsync(to, ct) ?? throw Missing(to);
        var start = await GitDiff.MergeBaseAsync(copy.Git, one, other, ct)
            ?? throw new CliException(ExitCode.Usage, $"{from} and {to} have no commit in common.",
                "Name two commits of one history.");
        return new ChangeToReview(copy.Top, start, other, Patch: null);
    }

    /// <summary>What the newest revision of a patch changes.</summary>
    /// <exception cref="CliException">Its commits are not here.</exception>
    public static async Task<ChangeToReview> OfPatchAsync(RadicleRepository storage, RadiclePatch patch, CancellationToken ct)
    {
        var head = patch.Latest.Head.Value;
        var target = (await storage.CanonicalHeadAsync(ct))?.Value ?? patch.Latest.Base.Value;
        try
        {
            var start = await GitDiff.MergeBaseAsync(storage.Path, target, head, ct) ?? patch.Latest.Base.Value;
            // What is merged already has the default branch's head above it: then the patch's own base says what it changed.
            return new ChangeToReview(storage.Path, start == head ? patch.Latest.Base.Value : start, head, patch);
        }
        catch (GitException e)
        {
            throw new CliException(ExitCode.Negative, $"The commits of patch {patch.Id} are not on this machine.",
                "Fetch them: rad sync --fetch", e);
        }
    }

    private static string Or(string text, string other) => text.Length > 0 ? text : other;

    private static CliException Missing(string name)
        => new(ExitCode.Usage, $"There is no commit '{name}' here.",
            "Name one as git does, such as main..HEAD, or a patch of Radicle.");
}
