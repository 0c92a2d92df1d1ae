using Auxo.Api;
using Auxo.Cli.Ci;
using Auxo.Cli.Patches.Copies;
using Auxo.Radicle;

namespace Auxo.Cli.Patches.Merging;

/// <summary>
/// Has a merge result built before it is merged. Auxo builds what is in a storage, so the result goes there under a branch of its own in
/// the user's namespace, which is taken away again.
/// </summary>
internal static class ResultBuild
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Builds it and watches it to its end.</summary>
    /// <exception cref="CliException">It cannot be pushed or built.</exception>
    public static async Task<Build> RunAsync(Session session, RadicleCopy copy, RadiclePatch patch, string result, CancellationToken ct)
    {
        var branch = $"refs/heads/auxo/merge-{patch.Id.Value[..7]}";
        (await PushAsync(copy, $"+{result}:{branch}")).Must();
        try
        {
            var build = await RequestAsync(
                session, copy, new BuildRequest(
                    copy.Rid.Value, Source: null, result, $"merge of patch {patch.Id.Value[..7]}", Trusted: true), ct);
            return await new BuildWatch(session).ToEndAsync(build, ct);
        }
        finally
        {
            await PushAsync(copy, ":" + branch);
        }
    }

    private static Task<ProgramRun> PushAsync(RadicleCopy copy, string refspec)
        => copy.Programs.PushAsync(copy.Work.Top, [copy.Work.Remote, "-o", "no-sync", "--quiet", refspec]);

    /// <summary>An Auxo at another node gets the commit when that is told.</summary>
    private static async Task<Build> RequestAsync(Session session, RadicleCopy copy, BuildRequest request, CancellationToken ct)
    {
        var time = session.Terminal.Time;
        var start = time.GetTimestamp();
        var told = false;
        while (true)
        {
            try
            {
                return await session.Clients.Pipeline.BuildAsync(request, ct);
            }
            catch (CliException e) when (e.Code == ExitCode.Unreachable && e.InnerException is null && request.Trusted is true)
            {
                // Only administrators may answer for a commit; without that its steps wait for somebody who approves them.
                request = request with { Trusted = null };
            }
            catch (CliException e) when (e.Code == ExitCode.Negative && time.GetElapsedTime(start) < Patience)
            {
                if (!told && await Announcement.TryAsync(copy, time, ct) is { } silent)
                    throw new CliException(e.Code, e.Message, silent, e);
                told = true;
                await Task.Delay(Pause, time, ct);
            }
        }
    }
}
