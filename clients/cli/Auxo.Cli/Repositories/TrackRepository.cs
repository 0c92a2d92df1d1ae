using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Repositories;

/// <summary><c>auxo repo track LOCATION</c></summary>
internal static class TrackRepository
{
    public static Command Create(CliHost host)
    {
        var location = new Argument<string>("location")
        {
            Description = "A Radicle id (rad:z…), or the folder of a git repository",
            DefaultValueFactory = static _ => ".",
        };
        var name = new Option<string?>("--name") { Description = "What to call it; by default Radicle's name or the folder's" };
        var branches = new Option<string[]>("--branch")
        {
            Description = "Build this branch too, besides the default one and patches (may be repeated)",
            DefaultValueFactory = static _ => [],
        };
        var trusted = new Option<string[]>("--trust")
        {
            Description = "A DID whose own steps may run, besides the delegates (may be repeated)", DefaultValueFactory = static _ => [],
        };
        return new Command("track", "Follow a repository: build its patches and its default branch from now on")
        {
            location, name, branches, trusted,
        }
            .Does(host, (parsed, session, ct) => RunAsync(
                session, new TrackRequest(Location(host, parsed.GetRequiredValue(location)), parsed.GetValue(name),
                    parsed.GetValue(branches), parsed.GetValue(trusted)), ct));
    }

    private static async Task<int> RunAsync(Session session, TrackRequest request, CancellationToken ct)
    {
        var tracked = await session.Clients.Ingest.TrackAsync(request, ct);
        var terminal = session.Terminal;
        if (terminal.Json)
        {
            terminal.WriteJson(tracked);
            return ExitCode.Ok;
        }

        var repository = tracked.Repository;
        terminal.Line(
            $"{(tracked.Secret is null ? "Already tracked" : "[green]✓[/] Tracking")} "
                + $"[bold]{Terminal.Safe(repository.Name)}[/]  {Terminal.Safe(repository.Rid)}");
        var refs = await Attempt.OfAsync("ingest", () => session.Clients.Ingest.RefsAsync(repository.Rid, ct));
        var head = refs.Value?.Items.FirstOrDefault(r => r.Kind == "branch" && r.Name == repository.DefaultBranch);
        terminal.Line(head?.Commit is not null || head is null
            ? $"  default branch {Terminal.Safe(repository.DefaultBranch)}; its head is built first, then every patch and push."
            : $"  [yellow]![/] default branch {Terminal.Safe(repository.DefaultBranch)}, which has nothing to build yet: "
                + Terminal.Safe(head.Reason ?? "it has no commit"));
        if (tracked.Secret is not null && repository.Hooks is { } hooks)
        {
            terminal.Line();
            terminal.Line(repository.Kind == "radicle"
                ? "  Beside a running node nothing else is needed. For a node elsewhere, a webhook:"
                : "  A commit on this machine is seen at once. For a repository that changes elsewhere, a webhook:");
            terminal.Line($"    url     {Terminal.Safe(hooks.Url)}");
            terminal.Line($"    secret  {Terminal.Safe(tracked.Secret)}   [dim](shown this once)[/]");
        }

        return ExitCode.Ok;
    }

    /// <summary>A folder as the service can find it; everything else as it was typed.</summary>
    internal static string Location(CliHost host, string typed)
    {
        if (typed.StartsWith("rad:", StringComparison.Ordinal)
            || typed.StartsWith("git:", StringComparison.Ordinal) || typed.Contains("://", StringComparison.Ordinal)) return typed;
        var home = typed == "~" || typed.StartsWith("~/", StringComparison.Ordinal) ? host.Variable("HOME") + typed[1..] : typed;
        var path = Path.GetFullPath(home, host.WorkingFolder);
        if (Directory.Exists(path)) return path;
        if (Contracts.Rid.TryParse(typed, provider: null, out var rid)) return rid.Value;
        throw new CliException(ExitCode.Usage, $"'{typed}' is neither a Radicle id nor a folder.",
            "Such as: auxo repo track rad:z3Fnc…, or auxo repo track ~/src/project");
    }
}
