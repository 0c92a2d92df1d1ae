using System.CommandLine;

using Auxo.Cli.Nodes.SettingUp;
using Auxo.Cli.Output;

namespace Auxo.Cli.Nodes;

/// <summary>
/// <c>auxo node setup</c>: from a machine with nothing to a node that listens and stays. Repeatable: what is there is left as it is, and
/// what was cut is carried on.
/// </summary>
internal static class SetUpNode
{
    public static Command Create(CliHost host)
    {
        var listen = FixNode.Listen();
        var alias = new Option<string?>("--alias") { Description = "The name of a new key: 1 to 32 bytes, no spaces" };
        var mesh = new Option<string?>("--mesh") { Description = "The interface of the mesh or VPN; else one that looks like it" };
        var dry = new Option<bool>("--dry-run") { Description = "Say what would be done, and change nothing" };
        return new Command("setup", "Make this machine a node: programs, key, listen address, firewall lines, keep-alive")
        {
            listen, alias, mesh, dry,
        }.Does(host, (parsed, session, ct) => RunAsync(
                session, FixNode.Address(parsed.GetValue(listen)!), parsed.GetResult(listen) is { Implicit: false },
                Alias(parsed.GetValue(alias)), parsed.GetValue(mesh), parsed.GetValue(dry), ct));
    }

    private static async Task<int> RunAsync(
        Session session, string address, bool isAsked, string? alias, string? mesh, bool dry, CancellationToken ct)
    {
        var host = session.Host;
        var scene = new SetupScene(host, Home(host), dry);
        var steps = new List<SetupStep> { await scene.ProgramsAsync(ct) };
        if (steps[0].State != "failed") steps.Add(await scene.IdentityAsync(alias, ct));
        // What comes after needs what came before.
        if (steps.TrueForAll(static s => s.State != "failed"))
        {
            // Where it listens already it was told to, or left to: nobody asked for another place.
            var listen = await scene.AddressAsync(isAsked ? address : null, address, ct);
            steps.Add(await scene.ListenAsync(listen, ct));
            steps.Add(await scene.FirewallAsync(listen, mesh, ct));
            steps.Add(await scene.KeepAliveAsync(OperatingSystem.IsMacOS(), ct));
        }

        var isDone = steps.TrueForAll(static s => s.State is not ("failed" or "needed"));
        if (session.Terminal.Json) session.Terminal.WriteJson(new { isDone, dryRun = dry, steps });
        else Write(session.Terminal, steps, isDone, dry);
        return isDone ? ExitCode.Ok : ExitCode.Negative;
    }

    private static void Write(Terminal terminal, IReadOnlyList<SetupStep> steps, bool isDone, bool dry)
    {
        foreach (var step in steps)
        {
            terminal.Line($"{Sign(step.State)} [bold]{Terminal.Safe(step.Name)}[/]  {Terminal.Safe(step.Text)}");
            foreach (var line in step.Lines) terminal.Line("    " + Terminal.Safe(line));
        }

        terminal.Line();
        terminal.Line(isDone
            ? "[green]✓ set up[/]" + Terminal.Escape("; next: auxo node fix --peer NID@HOST:8776, then auxo node health")
            : dry ? "Nothing was changed."
            : "[red]✗ not set up yet[/]" + Terminal.Escape("; mend that, then run it again: it carries on"));
    }

    /// <summary>RAD_HOME, which need not be there yet.</summary>
    internal static string Home(CliHost host)
    {
        if (host.Variable("RAD_HOME") is { Length: > 0 } named) return Path.GetFullPath(named, host.WorkingFolder);
        return host.Variable("HOME") is { Length: > 0 } user
            ? Path.Combine(user, ".radicle")
            : throw new CliException(
                ExitCode.Usage, "Neither RAD_HOME nor HOME is set.", "Set RAD_HOME to where the node's profile shall be.");
    }

    /// <exception cref="CliException">It can be no alias.</exception>
    internal static string? Alias(string? alias)
        => alias is null ? null : SetupRules.Alias(alias) ?? throw new CliException(
            ExitCode.Usage, $"'{alias}' cannot be an alias.", "It has 1 to 32 bytes and no spaces, such as ann-laptop.");

    internal static string Sign(string state) => state switch
    {
        "failed" => "[red]✗[/]", "needed" => "[yellow]![/]", "yours" => "[cyan]>[/]", _ => "[green]✓[/]",
    };
}
