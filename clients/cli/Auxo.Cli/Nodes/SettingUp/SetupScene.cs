using System.Net.NetworkInformation;

using Auxo.Cli.Patches.Copies;
using Auxo.Cli.WorkingCopies;
using Auxo.Contracts;
using Auxo.Radicle;

namespace Auxo.Cli.Nodes.SettingUp;

/// <summary>The parts of the set-up. Each looks first and does only what is missing, so the whole can be repeated and carried on.</summary>
/// <param name="Host">The surroundings.</param>
/// <param name="Home">RAD_HOME, which need not be there yet.</param>
/// <param name="Dry">Change nothing.</param>
internal sealed record SetupScene(CliHost Host, string Home, bool Dry)
{
    private string Config => Path.Combine(Home, "config.json");

    public async Task<SetupStep> ProgramsAsync(CancellationToken ct)
    {
        var missing = SetupRules.Programs.Where(p => RadProgram.Find(p, Host.Variable("PATH")) is null).ToList();
        if (missing.Count > 0) return new SetupStep("programs", "failed", SetupRules.Missing(missing));
        var programs = new UserPrograms(Host);
        foreach (var program in SetupRules.Programs)
        {
            try
            {
                // Whatever it answers: it is one that can be run.
                await programs.AskAsync(program, ct, "--version");
            }
            catch (CliException e)
            {
                return new SetupStep("programs", "failed", $"{e.Message} {e.Hint}");
            }
        }

        return new SetupStep("programs", "fine", string.Join(", ", SetupRules.Programs) + " are on PATH");
    }

    /// <summary>Never asks for what is there: a key that is there stays as it is, whatever alias is given.</summary>
    public async Task<SetupStep> IdentityAsync(string? alias, CancellationToken ct)
    {
        if (await OwnerAsync(ct) is { } there) return new SetupStep("identity", "fine", $"{there} in {Home}"
            + (alias is null ? "" : "; its name stays, --alias is for a new key (another name: rad config edit)"));
        if (alias is null) return new SetupStep("identity", Dry ? "needed" : "failed",
            $"there is no key in {Home}; give it a name: auxo node setup --alias NAME");
        if (Dry) return new SetupStep("identity", "needed", $"would make a key in {Home}: rad auth --alias {alias}");
        var passphrase = Host.Variable("RAD_PASSPHRASE")
            ?? Host.ReadSecret?.Invoke("A passphrase for the new Radicle key (empty: none): ") ?? "";
        var run = await new UserPrograms(Host).MakeProfileAsync(alias, passphrase);
        return await OwnerAsync(ct) is { } own
            ? new SetupStep("identity", "done", $"{own}, called {alias}, in {Home}"
                + (passphrase.Length > 0 ? "" : "; its key has no passphrase: keep the disk encrypted"))
            : new SetupStep("identity", "failed", "rad auth made no key: " + (run.Output + run.Errors).ReplaceLineEndings(" ").Trim());
    }

    /// <summary>Where the node listens, or shall.</summary>
    /// <param name="asked">What was asked for; null: what is there stays, and where nothing is the usual one is taken.</param>
    /// <param name="usual">Where a node listens that nobody asked about.</param>
    /// <param name="ct">Stops.</param>
    public async Task<string> AddressAsync(string? asked, string usual, CancellationToken ct)
        => asked ?? (File.Exists(Config) && NodeConfig.Listens(await File.ReadAllTextAsync(Config, ct)) is [var there, ..] ? there : usual);

    public async Task<SetupStep> ListenAsync(string address, CancellationToken ct)
    {
        if (await OrdinaryFile.ReadTextAsync(Config, ct) is not { } text) return new SetupStep(
            "listen", Dry ? "needed" : "failed", $"{address} goes into node.listen of {Config}, which is not there yet");
        var changed = NodeConfig.WithListen(text, address);
        if (changed == text) return new SetupStep("listen", "fine", $"{address} is in {Config}");
        if (Dry) return new SetupStep("listen", "needed", $"would add {address} to node.listen in {Config}");
        var backup = await NodeConfig.WriteAsync(Config, changed, Host.Time.GetUtcNow(), ct);
        return new SetupStep(
            "listen", "done",
            $"{address} is in {Config} now; the old file: {backup}. A node that runs hears of it at its next start");
    }

    public async Task<SetupStep> FirewallAsync(string listen, string? mesh, CancellationToken ct)
    {
        var interfaces = NetworkInterface.GetAllNetworkInterfaces().Select(static i => i.Name).ToList();
        // A rule for an interface that is not there opens nothing, and with others refused nobody reaches the node.
        if ((mesh ?? SetupRules.Mesh(interfaces)) is not { } name || !interfaces.Contains(name, StringComparer.Ordinal))
            return new SetupStep("firewall", "yours", SetupRules.NoMesh(mesh, interfaces));
        var firewall = Has("ufw") ? "ufw" : Has("firewall-cmd") ? "firewalld" : "nft";
        var listens = await OrdinaryFile.ReadTextAsync(Config, ct) is { } text ? NodeConfig.Listens(text) : [];
        return new SetupStep(
            "firewall", "yours", $"the node's port and Auxo's on {name} only, by {firewall}; look at the lines, then type them",
            [.. SetupRules.Firewall(firewall, name, SetupRules.Ports(listens.Append(listen), Host.Variable))]);
    }

    public async Task<SetupStep> KeepAliveAsync(bool mac, CancellationToken ct)
    {
        var user = Host.Variable("HOME") is { Length: > 0 } home ? home : null;
        if (user is null) return new SetupStep("keep-alive", "failed", "HOME is not set, so there is no place for a unit of yours");
        var program = RadProgram.Find("radicle-node", Host.Variable("PATH"))!;
        var path = Host.Variable("PATH") ?? "/usr/local/bin:/usr/bin:/bin";
        var file = mac
            ? Path.Combine(user, "Library", "LaunchAgents", "xyz.radicle.node.plist")
            : SetupRules.UnitFile(user, Host.Variable("XDG_CONFIG_HOME"));
        var text = mac ? SetupRules.LaunchdPlist(program, Home, path) : SetupRules.SystemdUnit(program, Home, path);
        IReadOnlyList<string> enable = mac
            ? ["rad node stop", $"launchctl bootstrap gui/$(id -u) {file}"]
            : ["rad node stop", "systemctl --user daemon-reload", "systemctl --user enable --now radicle-node", "loginctl enable-linger"];
        return await KeepAlive.WriteAsync("keep-alive", file, text, enable, Dry, ct);
    }

    private Task<Did?> OwnerAsync(CancellationToken ct)
        => RadProgram.OwnerAsync(new RadicleHome(Home, Path.Combine(Home, "node", "control.sock")), ct);

    private bool Has(string program) => RadProgram.Find(program, Host.Variable("PATH") + ":/usr/sbin:/sbin") is not null;
}
