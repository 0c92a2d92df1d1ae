using System.CommandLine;

using Auxo.Cli.Output;

namespace Auxo.Cli.Demo;

/// <summary><c>auxo demo</c>: sets the stage in a temporary folder, plays, and leaves nothing behind.</summary>
internal static class DemoCommand
{
    public static Command Create(CliHost host)
    {
        var appHost = new Option<string?>("--apphost") { Description = "The AppHost's program", Hidden = true };
        return new Command("demo", "Play the whole thread on a throw-away instance: patch, checks, verdict, notification, DORA, artifact")
        {
            appHost,
        }
            .Does(host, (parsed, session, ct) => RunAsync(session, parsed.GetValue(appHost), ct));
    }

    private static async Task<int> RunAsync(Session session, string? appHost, CancellationToken ct)
    {
        var terminal = session.Terminal;
        if (terminal.Json) throw new CliException(ExitCode.Usage, "The demo is for people; it has no --json.");
        appHost ??= Path.Combine(AppContext.BaseDirectory, "..", "..", "Auxo.AppHost",
            Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "Auxo.AppHost");
        if (!File.Exists(appHost)) throw new CliException(
            ExitCode.Negative, "Auxo is not built yet.", "Start the demo with './auxo demo', which builds it.");

        var folder = Directory.CreateTempSubdirectory("auxo-demo-").FullName;
        // Steps run as an unprivileged user when root plays, and must be able to walk through.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        var radicle = DemoProgram.AreInstalled(session.Host.Variable("PATH"), "rad", "radicle-node", "git-remote-rad");
        try
        {
            await using var people = radicle ? (DemoPeople)new DemoNodes(folder) : new DemoGit(folder);
            await using var instance = new DemoInstance(folder, appHost);
            using var receiver = new DemoReceiver();
            terminal.Line(
                $"[bold]A demo of Auxo[/] on a throw-away instance in {Terminal.Safe(folder)}; your own node, data and "
                    + "ports are not touched.");
            if (!radicle) terminal.Line(
                "[dim]Radicle's programs are not installed (https://radicle.xyz/install), so a plain git repository "
                    + "stands in for the patch.[/]");
            await new DemoPlay(session, people, instance, receiver).PlayAsync(ct);
            terminal.Line();
            terminal.Line("[dim]Stopping everything …[/]");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        terminal.Line();
        terminal.Line("[bold]Now with a repository of your own:[/]");
        terminal.Line("  ./auxo up --detach");
        terminal.Line("  ./auxo repo track rad:z…       [dim](or the folder of any git repository)[/]");
        terminal.Line("  git push rad HEAD:refs/patches [dim](then: ./auxo ci status)[/]");
        return ExitCode.Ok;
    }
}
