using System.CommandLine;

using Auxo.Cli.Ci;
using Auxo.Cli.Output;
using Auxo.Cli.Patches.Copies;
using Auxo.Cli.Patches.Reviewing;
using Auxo.Radicle;

namespace Auxo.Cli.Patches;

/// <summary><c>auxo patch review [PATCH]</c></summary>
internal static class ReviewPatch
{
    public static Command Create(CliHost host)
    {
        var patch = PatchArgument.CreateOptional();
        var accept = new Option<bool>("--accept") { Description = "Accept its newest revision" };
        var reject = new Option<bool>("--reject") { Description = "Reject its newest revision" };
        var message = new Option<string?>("--message", "-m") { Description = "Why, with --accept or --reject" };
        var comment = new Option<string?>("--comment") { Description = "Write this comment" };
        var checkout = new Option<bool>("--checkout") { Description = "Check it out, in a branch of its own" };
        return new Command("review", "Look at a patch: what it changes, its result; then accept, reject, comment or check it out")
        {
            patch, accept, reject, message, comment, checkout,
        }.Does(host, async (parsed, session, ct) =>
        {
            var (yes, no, text, take) =
                (parsed.GetValue(accept), parsed.GetValue(reject), parsed.GetValue(comment), parsed.GetValue(checkout));
            if ((yes ? 1 : 0) + (no ? 1 : 0) + (text is null ? 0 : 1) + (take ? 1 : 0) > 1)
                throw new CliException(ExitCode.Usage, "One thing at a time: --accept, --reject, --comment or --checkout.");
            await using var copy = await RadicleCopy.OpenAsync(session, ct);
            var found = await copy.PatchAsync(await PatchArgument.ResolveAsync(copy, parsed.GetValue(patch), ct), ct);
            var done = yes ? await ReviewAction.ReviewAsync(session, copy, found, ReviewVerdict.Accept, parsed.GetValue(message), ct)
                : no ? await ReviewAction.ReviewAsync(session, copy, found, ReviewVerdict.Reject, parsed.GetValue(message), ct)
                : text is not null ? await ReviewAction.CommentAsync(session, copy, found, text, ct)
                : take ? await ReviewAction.CheckOutAsync(session, copy, found, ct)
                : null;
            if (done is null) return await ShowAsync(session, copy, found, ct);
            if (session.Terminal.Json) session.Terminal.WriteJson(done);
            return ExitCode.Ok;
        });
    }

    private static async Task<int> ShowAsync(Session session, RadicleCopy copy, RadiclePatch patch, CancellationToken ct)
    {
        var page = await PatchPage.ReadAsync(session, copy, patch, ct);
        if (session.Terminal.Json)
        {
            session.Terminal.WriteJson(page);
            return ExitCode.Ok;
        }

        page.Show(session.Terminal);
        if (session.Host.CanAsk) return await MenuAsync(session, copy, patch, page, ct);
        session.Terminal.Line();
        session.Terminal.Line($"[dim]auxo patch review {page.PatchId[..7]} --accept, --reject, --comment TEXT or --checkout[/]");
        return ExitCode.Ok;
    }

    /// <summary>Until something is decided, or the input ends.</summary>
    private static async Task<int> MenuAsync(Session session, RadicleCopy copy, RadiclePatch patch, PatchPage page, CancellationToken ct)
    {
        while (true)
        {
            var key = await AskAsync(session, "[a]ccept  [r]eject  [c]omment  check [o]ut  open the [l]og  [q]uit: ");
            switch (key?.ToLowerInvariant())
            {
                case "a":
                    await ReviewAction.ReviewAsync(session, copy, patch, ReviewVerdict.Accept, await WhyAsync(session), ct);
                    return ExitCode.Ok;
                case "r":
                    await ReviewAction.ReviewAsync(session, copy, patch, ReviewVerdict.Reject, await WhyAsync(session), ct);
                    return ExitCode.Ok;
                case "c":
                    if (await AskAsync(session, "Comment: ") is { Length: > 0 } text)
                    {
                        await ReviewAction.CommentAsync(session, copy, patch, text, ct);
                        patch = await copy.PatchAsync(patch.Id, ct);
                    }

                    break;
                case "o":
                    await ReviewAction.CheckOutAsync(session, copy, patch, ct);
                    return ExitCode.Ok;
                case "l" when page.Build is { } build:
                    await ShowLogs.PrintAsync(session, build, ct);
                    break;
                case "l":
                    session.Terminal.Line("There is no log: " + Terminal.Safe(page.Missing));
                    break;
                case null or "q":
                    return ExitCode.Ok;
            }
        }
    }

    private static Task<string?> WhyAsync(Session session) => AskAsync(session, "Why (Enter for nothing): ");

    private static async Task<string?> AskAsync(Session session, string question)
    {
        await session.Host.StandardError.WriteAsync(question);
        await session.Host.StandardError.FlushAsync();
        return (await session.Host.StandardInput.ReadLineAsync())?.Trim();
    }
}
