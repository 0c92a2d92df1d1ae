using System.Globalization;

using Auxo.Cli.Nodes.Health;
using Auxo.Contracts;

namespace Auxo.Cli.Nodes.SettingUp;

/// <summary>What a new node's machine is told: pure texts.</summary>
internal static class SetupRules
{
    /// <summary>The programs of Radicle that a node needs.</summary>
    public static IReadOnlyList<string> Programs { get; } = ["git", "rad", "radicle-node", "git-remote-rad"];

    /// <summary>Where to get what is missing.</summary>
    public static string Missing(IReadOnlyList<string> programs)
        => $"missing on PATH: {string.Join(", ", programs)}. "
            + (programs.Contains("git", StringComparer.Ordinal) ? "Install git with the package manager. " : "")
            + (programs.Any(static p => p != "git")
                ? "Radicle: curl -sSLf https://radicle.xyz/install | sh, or cargo install radicle-cli radicle-node radicle-remote-helper; "
                    + "its folder (~/.radicle/bin or ~/.cargo/bin) must be on PATH"
                : "");

    /// <summary>An alias: 1 to 32 bytes without whitespace; null for what is none.</summary>
    public static string? Alias(string text)
        => text.Length > 0 && System.Text.Encoding.UTF8.GetByteCount(text) <= 32
            && !text.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '<' or '>') ? text : null;

    /// <summary>What opens the node's port and Auxo's ports on the mesh's interface only: printed, since root decides about it.</summary>
    /// <param name="firewall"><c>ufw</c>, <c>firewalld</c> or <c>nft</c>.</param>
    /// <param name="mesh">The mesh's interface, such as <c>tailscale0</c>.</param>
    /// <param name="ports">Of <see cref="Ports"/>.</param>
    public static IEnumerable<string> Firewall(string firewall, string mesh, IReadOnlyList<int> ports)
        => firewall switch
        {
            "ufw" => ports.Select(p => $"sudo ufw allow in on {mesh} to any port {p} proto tcp"),
            "firewalld" =>
            [
                "sudo firewall-cmd --permanent --new-zone=auxo-mesh",
                $"sudo firewall-cmd --permanent --zone=auxo-mesh --change-interface={mesh}",
                .. ports.Select(static p => $"sudo firewall-cmd --permanent --zone=auxo-mesh --add-port={p}/tcp"),
                "sudo firewall-cmd --reload",
            ],
            _ =>
            [
                "sudo nft add table inet auxo",
                "sudo nft 'add chain inet auxo input { type filter hook input priority 0; }'",
                $"sudo nft 'add rule inet auxo input iifname != {{ \"lo\", \"{mesh}\" }} tcp dport {{ {string.Join(", ", ports)} }} drop'",
            ],
        };

    /// <summary>The ports to open, in order: those of the node, of Auxo's services and of its console.</summary>
    /// <param name="listens">Where the node listens; empty for the usual port.</param>
    /// <param name="variable">The environment, in which <c>AUXO_PORTS_…</c> names others than the usual ones.</param>
    public static IReadOnlyList<int> Ports(IEnumerable<string> listens, Func<string, string?> variable)
    {
        var node = listens.Select(ReadNode.PortOf).OfType<int>().DefaultIfEmpty(ReadNode.UsualPort);
        return [.. node.Concat(KnownServices.Names.Append("console").Select(name => int.TryParse(
                variable(Auxo.Instances.Ports.Setting(name)), NumberStyles.None, CultureInfo.InvariantCulture, out var own)
            ? own : KnownServices.UsualPort(name) ?? KnownServices.ConsolePort)).Distinct().Order()];
    }

    /// <summary>A systemd unit of the user's that keeps the node running.</summary>
    /// <param name="program">The path of <c>radicle-node</c>.</param>
    /// <param name="home">RAD_HOME.</param>
    /// <param name="path">The PATH on which the node finds git.</param>
    public static string SystemdUnit(string program, string home, string path) => $"""
        [Unit]
        Description=Radicle node

        [Service]
        Environment="RAD_HOME={Quoted(home)}"
        Environment="PATH={Quoted(path)}"
        EnvironmentFile=-{home.Replace("%", "%%", StringComparison.Ordinal)}/node.env
        ExecStart="{Quoted(program)}" --force
        Restart=on-failure
        RestartSec=5

        [Install]
        WantedBy=default.target

        """;

    /// <summary>Whether a unit keeps the node of this profile: there may be another node of the same user.</summary>
    public static bool IsUnitOf(string unit, string home) => unit.Contains($"\"RAD_HOME={Quoted(home)}\"", StringComparison.Ordinal);

    /// <summary>Where the user's unit is.</summary>
    /// <param name="user">HOME.</param>
    /// <param name="settings">XDG_CONFIG_HOME; null or empty: the usual folder.</param>
    public static string UnitFile(string user, string? settings)
        => Path.Combine(
            string.IsNullOrEmpty(settings) ? Path.Combine(user, ".config") : settings, "systemd", "user", "radicle-node.service");

    /// <summary>The same for launchd on macOS.</summary>
    public static string LaunchdPlist(string program, string home, string path)
        => KeepAlive.LaunchdPlist("xyz.radicle.node", [program, "--force"], [("RAD_HOME", home), ("PATH", path)]);

    /// <summary>The first interface that looks like a mesh's; null where there is none.</summary>
    public static string? Mesh(IReadOnlyCollection<string> interfaces)
        => interfaces.FirstOrDefault(static i => i.StartsWith("tailscale", StringComparison.Ordinal))
            ?? interfaces.FirstOrDefault(static i => i.StartsWith("wg", StringComparison.Ordinal)
                || i.StartsWith("nebula", StringComparison.Ordinal) || i.StartsWith("zt", StringComparison.Ordinal));

    /// <summary>What is said where there is no interface to write lines for.</summary>
    /// <param name="named">Which one was named; null for none.</param>
    /// <param name="interfaces">Those that are there.</param>
    public static string NoMesh(string? named, IEnumerable<string> interfaces)
        => (named is null ? "there is no interface here that looks like a mesh's or a VPN's" : $"there is no interface {named} here")
            + $"; here are: {string.Join(", ", interfaces)}. When it is there: auxo node setup --mesh INTERFACE";

    /// <summary>For a unit of systemd, which takes % for its own placeholders, and a backslash for an escape.</summary>
    internal static string Quoted(string text)
        => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("%", "%%", StringComparison.Ordinal);
}
