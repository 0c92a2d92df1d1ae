using Auxo.Contracts;

namespace Auxo.Notify.Verdicts;

/// <summary>The last verdict of a branch, a patch or a schedule, as far as it was told.</summary>
/// <param name="Id">See <see cref="Key"/>.</param>
/// <param name="BuildId">The build that gave it.</param>
/// <param name="IsBroken">It did not pass.</param>
/// <param name="Change">What it said beside the one before it; null for a pass after a pass.</param>
/// <param name="At">When that build ended.</param>
public sealed record LastVerdict(string Id, Guid BuildId, bool IsBroken, Transition? Change, DateTimeOffset At)
{
    /// <summary>A verdict from further ahead was given by a clock that was wrong, and keeps no later one from counting.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(1);

    /// <summary>What a build gives a verdict of. A schedule's builds look for other things than those of its branch.</summary>
    public static string Key(BuildSubject subject)
        => $"{subject.Rid}/{subject.PatchId?.Value ?? subject.Ref}" + (subject.Schedule is { } schedule ? $"#{schedule}" : "");

    /// <summary>
    /// What a build's end says beside the last verdict, and the verdict to remember. Only a pass, a failure and a time-out say something
    /// of the code; the same build twice says the same twice, and one that is told late, after a newer one, says nothing.
    /// </summary>
    public static (Transition? Change, LastVerdict? Next) After(LastVerdict? last, BuildFinished m, DateTimeOffset now)
    {
        if (m.Outcome is not (Outcome.Passed or Outcome.Failed or Outcome.TimedOut)) return (null, null);
        if (last?.BuildId == m.Subject.BuildId) return (last.Change, null);
        if (last is not null && m.FinishedAt < last.At && last.At < now + Ahead) return (null, null);
        var isBroken = m.Outcome != Outcome.Passed;
        Transition? change = (last?.IsBroken ?? false, isBroken) switch
        {
            (false, true) => Transition.Broke,
            (true, true) => Transition.StillFailing,
            (true, false) => Transition.Fixed,
            _ => null,
        };
        return (change, new LastVerdict(Key(m.Subject), m.Subject.BuildId, isBroken, change, m.FinishedAt));
    }
}

/// <summary>Whose the files are that a patch changes, as the repository says.</summary>
/// <param name="Id">See <see cref="Key"/>.</param>
/// <param name="Owners">As CODEOWNERS names them, those of most files first.</param>
public sealed record PatchOwners(string Id, IReadOnlyList<string> Owners)
{
    /// <summary>A patch.</summary>
    public static string Key(Rid rid, PatchId patch) => $"{rid}/{patch}";
}

/// <summary>What is known of the past of a build's branch or patch.</summary>
/// <param name="Last">The verdict before it.</param>
/// <param name="Owners">Whose the changed files are.</param>
public sealed record BuildPast(LastVerdict? Last, IReadOnlyList<string> Owners)
{
    /// <summary>Nothing is known.</summary>
    public static BuildPast None { get; } = new(null, []);

    /// <summary>Reads both.</summary>
    public static async Task<BuildPast> LoadAsync(IQuerySession session, BuildSubject subject, CancellationToken ct)
        => new(
            await session.LoadAsync<LastVerdict>(LastVerdict.Key(subject), ct),
            subject.PatchId is { } patch && await session.LoadAsync<PatchOwners>(PatchOwners.Key(subject.Rid, patch), ct) is { } known
                ? known.Owners
                : []);
}

/// <summary>Remembers with the handler's transaction; null is nothing new.</summary>
public sealed record Remember(LastVerdict? Verdict = null, PatchOwners? Owners = null) : IMartenOp
{
    /// <inheritdoc/>
    public void Execute(IDocumentSession session)
    {
        if (Verdict is not null) session.Store(Verdict);
        if (Owners is not null) session.Store(Owners);
    }
}
