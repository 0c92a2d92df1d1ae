using System.CommandLine;

using Auxo.Cli.Instances;
using Auxo.Cli.Nodes.SettingUp;
using Auxo.Cli.Output;
using Auxo.Radicle;

namespace Auxo.Cli.Mesh.Agents;

/// <summary><c>auxo agent install</c>: writes what keeps the agent running, and says how to enable it.</summary>
internal static class InstallAgent
{
    private const string Label = "xyz.auxo.agent";

    public static Command Create(CliHost host)
    {
        var dry = new Option<bool>("--dry-run") { Description = "Say what would be done, and change nothing" };
        return new Command("install", "Write the unit that keeps the agent running (systemd, or launchd on macOS)") { dry }
            .Does(host, (parsed, session, ct) => RunAsync(session, parsed.GetValue(dry), ct));
    }

    private static async Task<int> RunAsync(Session session, bool dry, CancellationToken ct)
    {
        var step = await WriteAsync(session.Host, dry, ct);
        if (session.Terminal.Json) session.Terminal.WriteJson(step);
        else
        {
            session.Terminal.Line($"{(step.State == "needed" ? "[yellow]![/]" : "[green]✓[/]")} {Terminal.Safe(step.Text)}");
            foreach (var line in step.Lines) session.Terminal.Line("    " + Terminal.Safe(line));
        }

        return step.State == "needed" ? ExitCode.Negative : ExitCode.Ok;
    }

    /// <exception cref="CliException">This machine reports to no Auxo yet, or is no node.</exception>
    internal static async Task<SetupStep> WriteAsync(CliHost host, bool dry, CancellationToken ct)
    {
        // Says at once what the unit would say at every start.
        AgentFile.Read(Instance.Layout(host));
        if (RadicleHome.Find(host.Variable) is not RadicleHomeSearch.Found { Home: var home })
            throw new CliException(ExitCode.Negative, "There is no Radicle profile on this machine.", "Make it a node: auxo node setup");
        if (host.Variable("HOME") is not { Length: > 0 } user)
            throw new CliException(ExitCode.Usage, "HOME is not set, so there is no place for a unit of yours.");
        var path = host.Variable("PATH") ?? "/usr/local/bin:/usr/bin:/bin";
        var auxo = Instance.Layout(host).Home;
        return OperatingSystem.IsMacOS()
            ? await KeepAlive.WriteAsync(
                "agent", Path.Combine(user, "Library", "LaunchAgents", Label + ".plist"),
                KeepAlive.LaunchdPlist(Label, [host.Executable, "agent"], [("RAD_HOME", home.Path), ("AUXO_HOME", auxo), ("PATH", path)]),
                [$"launchctl bootstrap gui/$(id -u) ~/Library/LaunchAgents/{Label}.plist"], dry, ct)
            : await KeepAlive.WriteAsync(
                "agent", Path.Combine(
                    Path.GetDirectoryName(SetupRules.UnitFile(user, host.Variable("XDG_CONFIG_HOME")))!, "auxo-agent.service"),
                Unit(host.Executable, home, auxo, path),
                ["systemctl --user daemon-reload", "systemctl --user enable --now auxo-agent", "loginctl enable-linger"], dry, ct);
    }

    /// <summary>A systemd unit of the user's. What only a person can mend (exit code 2) is not tried again.</summary>
    internal static string Unit(string program, RadicleHome home, string auxo, string path) => $"""
        [Unit]
        Description=Auxo agent of the Radicle node
        After=radicle-node.service

        [Service]
        Environment="RAD_HOME={SetupRules.Quoted(home.Path)}"
        Environment="RAD_SOCKET={SetupRules.Quoted(home.Socket)}"
        Environment="AUXO_HOME={SetupRules.Quoted(auxo)}"
        Environment="PATH={SetupRules.Quoted(path)}"
        ExecStart="{SetupRules.Quoted(program)}" agent
        Restart=on-failure
        RestartSec=5
        RestartPreventExitStatus=2

        [Install]
        WantedBy=default.target

        """;
}
