using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Ci;
using Auxo.Cli.Output;
using Auxo.Cli.Patches.Copies;
using Auxo.Cli.Patches.Proposing;
using Auxo.Cli.Patches.Waiting;
using Auxo.Radicle;

namespace Auxo.Cli.Patches;

/// <summary>What <c>auxo patch push --json</c> answers.</summary>
/// <param name="Patch">What was pushed.</param>
/// <param name="Build">The build that was waited for; null where none was.</param>
internal sealed record PushAnswer(PushedPatch Patch, Build? Build);

/// <summary><c>auxo patch push</c></summary>
internal static class PushPatch
{
    public static Command Create(CliHost host)
    {
        var title = new Option<string?>("--title", "-t") { Description = "Of a new patch; by default the subject of its oldest commit" };
        var message = UpdatePatch.MessageOption();
        var draft = new Option<bool>("--draft") { Description = "A new patch is a draft" };
        var force = UpdatePatch.ForceOption();
        var wait = new Option<bool>("--wait", "-w") { Description = "Watch its build; exit code 1 unless it passes" };
        var yes = Confirmation.Option();
        return new Command("push", "Push this branch as a patch: a new one, or a revision of the one it has")
        {
            title, message, draft, force, wait, yes,
        }.Does(host, async (parsed, session, ct) =>
        {
            await using var copy = await RadicleCopy.OpenAsync(session, ct);
            var update = new Update(parsed.GetValue(message), parsed.GetValue(force), parsed.GetValue(yes));
            var open = await CreatePatch.OpenPatchAsync(copy, ct);
            // After Ctrl-C, or to look once more.
            if (open is not null && parsed.GetValue(wait) && open.Latest.Head.Value == copy.Work.Status.Head)
                return await WaitAsync(session, Unchanged(copy, open), ct);
            var pushed = open is not null
                ? await UpdatePatch.RunAsync(session, copy, open, update, ct)
                : await CreatePatch.RunAsync(
                    session, copy,
                    new NewPatch(
                        parsed.GetValue(title)?.Trim() ?? await TitleAsync(copy, ct), update.Message ?? "", parsed.GetValue(draft)),
                    update.Yes, ct);
            if (parsed.GetValue(wait)) return await WaitAsync(session, pushed, ct);
            if (session.Terminal.Json) session.Terminal.WriteJson(new PushAnswer(pushed, Build: null));
            return ExitCode.Ok;
        });
    }

    private static PushedPatch Unchanged(RadicleCopy copy, RadiclePatch patch)
        => new("unchanged", copy.Rid, patch.Id, patch.Latest.Id, patch.Latest.Head, patch.Title, Warning: null);

    /// <summary>What the branch was begun for.</summary>
    private static async Task<string> TitleAsync(RadicleCopy copy, CancellationToken ct)
    {
        // A branch that has nothing to propose is refused before its title is used.
        if (copy.Work.Status.Head is not { } head) return "-";
        var range = copy.Canonical is { } canonical ? $"{canonical}..{head}" : head;
        var subjects = await copy.LookAsync(ct, "log", "--no-show-signature", "--no-color", "--reverse", "--format=%s", range, "--");
        return TamedText.OneLine(subjects.Output.Split('\n')[0]) is { Length: > 0 } first ? Columns.Cut(first, 150) : "-";
    }

    private static async Task<int> WaitAsync(Session session, PushedPatch pushed, CancellationToken ct)
    {
        var terminal = session.Terminal;
        try
        {
            var build = await BuildOfPush.FindAsync(session, pushed, ct);
            if (!terminal.Json) return await new BuildWatch(session).RunAsync(build, ct);
            build = await new BuildWatch(session).ToEndAsync(build, ct);
            terminal.WriteJson(new PushAnswer(pushed, build));
            return build.Outcome == "passed" ? ExitCode.Ok : ExitCode.Negative;
        }
        catch (CliException e)
        {
            if (terminal.Json) terminal.WriteJson(new PushAnswer(pushed, Build: null));
            throw new CliException(
                e.Code, $"The push has happened, but its build cannot be watched. {e.Message}", e.Hint, e);
        }
    }
}
