using Auxo.Api;

namespace Auxo.Cli.Patches.Merging;

/// <summary>What is to be done about the gate's answer.</summary>
internal abstract record GateStage
{
    private GateStage()
    {
    }

    /// <summary>Exactly this has passed.</summary>
    public sealed record Passed : GateStage;

    /// <summary>Its build has no verdict yet: it is waited for.</summary>
    public sealed record Await(Build Build) : GateStage;

    /// <summary>It is a new merge result, which is built first.</summary>
    public sealed record BuildFirst : GateStage;

    /// <summary>Somebody answers for it with a reason.</summary>
    public sealed record Overridden(string Reason) : GateStage;

    /// <summary>It is not merged.</summary>
    public sealed record Refused(Refusal Why) : GateStage;

    /// <summary>Decides.</summary>
    /// <param name="answer">The gate's.</param>
    /// <param name="build">The build that it names; null for none.</param>
    /// <param name="isNew">The commit was made just now, so nobody can have built it.</param>
    /// <param name="reason">Why it is merged all the same; null where nobody says so.</param>
    /// <param name="patch">In short.</param>
    public static GateStage Judge(GateAnswer answer, Build? build, bool isNew, string? reason, string patch)
    {
        if (answer.Passed) return new Passed();
        if (!string.IsNullOrWhiteSpace(reason)) return new Overridden(reason.Trim());
        if (build is { IsFinished: false, State: not "awaiting_approval" }) return new Await(build);
        if (build is null && isNew) return new BuildFirst();
        return new Refused(new Refusal(
            $"Patch {patch} has not passed: {answer.Reason}.",
            (build switch
            {
                { IsFinished: false } => $"Let its steps run: auxo ci approve {build.Short}",
                { } => $"Its log: auxo ci logs {build.Short}. Once more: auxo ci rerun {build.Short}",
                null => "'auxo status' says why there is no build.",
            }) + "\nOr merge it all the same, which is kept and raises an alarm: --override REASON"));
    }
}
