using Auxo.Cli.Instances;
using Auxo.Cli.Nodes.Health;
using Auxo.Cli.Nodes.Privacy;
using Auxo.Cli.Patches.Copies;
using Auxo.Contracts;
using Auxo.Contracts.Mesh;
using Auxo.Radicle;

namespace Auxo.Cli.Mesh.Agents.Looking;

/// <summary>Looks at this machine and its node, and changes nothing. A node that does not run is told like any other state.</summary>
internal sealed class NodeLook(CliHost host)
{
    private string? _version;

    /// <param name="others">The other nodes of the mesh, as Auxo last said.</param>
    /// <param name="ct">Stops.</param>
    /// <exception cref="CliException">There is no Radicle profile, or no key in it.</exception>
    public async Task<NodeReport> ReadAsync(IReadOnlyList<MeshMate> others, CancellationToken ct)
    {
        var search = RadicleHome.Find(host.Variable);
        if (search is not RadicleHomeSearch.Found { Home: var home })
            throw new CliException(ExitCode.Negative, "There is no Radicle profile on this machine.", "Make it a node: auxo node setup");
        if (await RadProgram.OwnerAsync(home, ct) is not { } own)
            throw new CliException(ExitCode.Negative, $"There is no key in {home.Path}.", "Make one: auxo node setup --alias NAME");
        var layout = Instance.Layout(host);
        var machine = await ReadMachine.ReadAsync([("auxo", layout.Home), ("radicle", home.Path)], host.Time, ct);
        var (node, ports) = await ReadNode.ReadAsync(search, host.Time, ct);
        var (privacy, broken, unknown) = await ReadPrivacy.ReadAsync(host, home, ct);
        var peers = await ReadPeers.ReadAsync(host, home, own, others, ct);
        var meant = await MeantPublic.ReadAsync(layout, ct);
        var refs = await ReadRefs.ReadAsync(home, [own, .. ReadPeers.Keys(peers)], ct);
        return new NodeReport(
            own.Nid, await home.AliasAsync(ct) ?? "", await VersionAsync(home, ct), host.Time.GetUtcNow(),
            [
                .. HealthRules.Node(node).Select(static i => Told(i)), .. ports.Select(HealthRules.Port).Select(static i => Told(i)),
                .. HealthRules.Machine(machine).Select(i => Told(i, Value(i.Name, machine))), .. broken.Select(static i => Told(i)),
            ],
            ReadRefs.With(peers, refs),
            Repositories(own, refs, privacy, meant))
        {
            Addresses = await ReadPeers.OwnAddressesAsync(home, host.Time, ct),
            PrivacyUnknown = unknown,
        };
    }

    /// <summary>All repositories; the names of public ones are nobody's need.</summary>
    public static IReadOnlyList<NodeRepository> Repositories(
        Did own, IReadOnlyDictionary<Rid, IReadOnlyDictionary<Did, CommitId>> refs, IReadOnlyList<PrivacyReading> privacy,
        IReadOnlySet<Rid> meant)
    {
        var known = privacy.ToDictionary(static p => p.Rid);
        return
        [
            .. refs.Keys.Union(known.Keys).OrderBy(static r => r.Value, StringComparer.Ordinal).Select(rid => new NodeRepository(
                rid.Value, known.GetValueOrDefault(rid)?.Name ?? "", known.GetValueOrDefault(rid)?.IsPrivate == true ? "private" : "public",
                refs.TryGetValue(rid, out var tips) && tips.TryGetValue(own, out var tip) ? tip.Value : null,
                known.TryGetValue(rid, out var reading)
                    ? [.. PrivacyRules.Of(reading, meant).Where(static i => i.State == HealthState.Critical).Select(static i => i.Text)]
                    : [])),
        ];
    }

    private static NodeHealthItem Told(HealthItem item, double? value = null) => new(
        item.Name, item.State switch { HealthState.Critical => "critical", HealthState.Warning => "warning", _ => "fine" },
        item.Text, value, item.State == HealthState.Fine ? null : item.Next);

    private static double? Value(string name, MachineReading machine) => name switch
    {
        "memory" => machine.Memory?.UsedPercent,
        "cpu" => machine.CpuPercent,
        "uptime" => machine.Uptime?.TotalSeconds,
        _ => machine.Disks.FirstOrDefault(d => name == $"disk {d.Name}")?.UsedPercent,
    };

    private async Task<string> VersionAsync(RadicleHome home, CancellationToken ct)
    {
        try
        {
            return _version ??= (await new UserPrograms(host).AskRadAsync(home.Path, ct, "--version")).Must().Line;
        }
        catch (CliException)
        {
            return "unknown";
        }
    }
}
