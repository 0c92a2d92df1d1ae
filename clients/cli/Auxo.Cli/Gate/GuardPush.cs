using System.CommandLine;

using Auxo.Cli.Output;

namespace Auxo.Cli.Gate;

/// <summary>
/// <c>auxo gate push REMOTE URL</c>, which git's <c>pre-push</c> hook calls: each line on standard input is
/// <c>LOCAL-REF COMMIT REMOTE-REF COMMIT</c>. Only what would become the default branch of a Radicle repository is asked for.
/// </summary>
internal static class GuardPush
{
    private const string Heads = "refs/heads/";

    public static Command Create(CliHost host)
        => Create(host, "push", "Refuse a push to the default branch that has not passed; git's pre-push hook calls it");

    /// <summary>The same under another name.</summary>
    public static Command Create(CliHost host, string name, string about)
    {
        var remote = new Argument<string>("remote") { Description = "As git names it" };
        var url = new Argument<string>("url") { Description = "Its address" };
        return new Command(name, about) { remote, url }
            .Does(host, async (parsed, session, ct) =>
            {
                try
                {
                    return await RunAsync(session, parsed.GetRequiredValue(url), ct);
                }
                catch (CliException e)
                {
                    throw new CliException(
                        e.Code, "Whether this may be pushed could not be asked. " + e.Message,
                        $"{e.Hint}{(e.Hint is null ? "" : "\n")}Or push all the same; CI builds it: git push --no-verify", e);
                }
            });
    }

    private static async Task<int> RunAsync(Session session, string url, CancellationToken ct)
    {
        if (WorkTree.RidOf(url) is null) return ExitCode.Ok;
        var pushed = new List<(string Commit, string Branch)>();
        while (await session.Host.StandardInput.ReadLineAsync(ct) is { } line)
        {
            // A branch that is removed has no commit.
            if (line.Split(' ') is [_, var commit, var to, _] && to.StartsWith(Heads, StringComparison.Ordinal)
                && commit.AsSpan().ContainsAnyExcept('0')) pushed.Add((commit, to[Heads.Length..]));
        }

        if (pushed.Count == 0) return ExitCode.Ok;
        var tree = await WorkTree.FindAsync(session.Host.WorkingFolder, url, ct);
        var refused = false;
        foreach (var (commit, branch) in pushed)
        {
            var answer = await session.Clients.Pipeline.GateAsync(tree.Rid, await tree.EqualAsync(commit, ct), ct);
            if (answer.Branch != branch || answer.Passed) continue;
            refused = true;
            session.Terminal.Line(
                $"[red]✗[/] {commit[..7]} may not become {Terminal.Safe(branch)}: {Terminal.Safe(answer.Reason)}.\n"
                    + "  Push it as a patch and wait for its pass: git push rad HEAD:refs/patches\n"
                    + "  Or push all the same; CI builds it, and a merge without a pass raises an alarm: git push --no-verify");
        }

        return refused ? ExitCode.Negative : ExitCode.Ok;
    }
}
