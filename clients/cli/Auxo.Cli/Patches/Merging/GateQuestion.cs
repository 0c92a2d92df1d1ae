using Auxo.Api;
using Auxo.Cli.Ci;
using Auxo.Cli.Gate;
using Auxo.Cli.Patches.Copies;
using Auxo.Git;
using Auxo.Radicle;

namespace Auxo.Cli.Patches.Merging;

/// <summary>Asks the merge gate, and brings about the build that it misses.</summary>
internal static class GateQuestion
{
    /// <summary>A result, and the parents that have its files.</summary>
    public static async Task<IReadOnlyList<string>> EqualAsync(RadicleCopy copy, string result, CancellationToken ct)
        => await GitLocation.FindAsync(copy.Work.Top, ct) is { } location
            ? await new WorkTree(location.Folder, copy.Rid.Value).EqualAsync(result, ct)
            : [result];

    /// <summary>Whether exactly this may become the default branch.</summary>
    /// <exception cref="CliException">Nobody answers.</exception>
    public static async Task<GateAnswer> AskAsync(Session session, RadicleCopy copy, IReadOnlyList<string> equal, CancellationToken ct)
    {
        try
        {
            return await session.Clients.Pipeline.GateAsync(copy.Rid.Value, equal, ct);
        }
        catch (CliException e)
        {
            throw new CliException(e.Code, "Nothing was merged: whether it has passed could not be asked. " + e.Message, e.Hint, e);
        }
    }

    /// <summary>Waits for the build that is missing, and asks the gate again.</summary>
    /// <exception cref="CliException">It has not passed.</exception>
    public static async Task<GateAnswer> PassAsync(
        Session session, RadicleCopy copy, RadiclePatch patch, string result, IReadOnlyList<string> equal, GateAnswer gate, GateStage stage,
        CancellationToken ct)
    {
        if (stage is not (GateStage.Await or GateStage.BuildFirst)) return gate;
        var build = stage is GateStage.Await { Build: var running }
            ? await new BuildWatch(session).ToEndAsync(running, ct)
            : await ResultBuild.RunAsync(session, copy, patch, result, ct);
        if (!session.Terminal.Json) BuildReport.End(session.Terminal, build);
        var answer = await AskAsync(session, copy, equal, ct);
        return answer.Passed ? answer : throw new CliException(
            ExitCode.Negative, $"Nothing was merged: {answer.Reason}.",
            $"Its log: auxo ci logs {build.Short}\nOr merge it all the same, which is kept and raises an alarm: --override REASON");
    }
}
