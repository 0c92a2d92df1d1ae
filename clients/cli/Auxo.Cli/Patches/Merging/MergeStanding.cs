using Auxo.Cli.Patches.Copies;
using Auxo.Contracts;

namespace Auxo.Cli.Patches.Merging;

/// <summary>How far a merge has come among the delegates.</summary>
/// <param name="Threshold">So many must have it.</param>
/// <param name="Have">Those whose default branch contains it.</param>
/// <param name="Others">Those whose does not.</param>
/// <param name="IsCanonical">The repository's default branch has it.</param>
internal sealed record MergeStanding(int Threshold, IReadOnlyList<Did> Have, IReadOnlyList<Did> Others, bool IsCanonical)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Enough delegates have it.</summary>
    public bool IsEnough => Have.Count >= Threshold;

    /// <summary>What is missing; such as <c>1 of 2 delegates have merged it; it waits for one of z6Mk…</c>.</summary>
    public string Words => IsEnough
        ? $"{Have.Count} of {Have.Count + Others.Count} delegates have merged it"
        : $"{Have.Count} of {Threshold} delegates have merged it; it waits for {Threshold - Have.Count} more: "
            + string.Join(" or ", Others.Select(static d => Output.Words.ShortDid(d.Value)));

    public static async Task<MergeStanding> ReadAsync(RadicleCopy copy, string result, CancellationToken ct)
    {
        var heads = (await copy.Storage.BranchesAsync(ct)).Where(b => b.Name == copy.DefaultBranch)
            .ToDictionary(static b => b.Owner, static b => b.Head.Value);
        List<Did> have = [], others = [];
        foreach (var one in copy.Identity.Delegates)
            (heads.TryGetValue(one, out var head) && await copy.ContainsAsync(head, result, ct) ? have : others).Add(one);
        var canonical = await copy.Storage.CanonicalHeadAsync(ct);
        return new MergeStanding(
            copy.Identity.Threshold, have, others, canonical is { } at && await copy.ContainsAsync(at.Value, result, ct));
    }

    /// <summary>
    /// Waits until the default branch has what enough delegates have, which is a matter of moments. For people nobody waits here.
    /// </summary>
    public static async Task<MergeStanding> WaitAsync(RadicleCopy copy, string result, TimeProvider time, CancellationToken ct)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            var standing = await ReadAsync(copy, result, ct);
            if (standing.IsCanonical || !standing.IsEnough || time.GetElapsedTime(start) > Patience) return standing;
            await Task.Delay(Pause, time, ct);
        }
    }
}
