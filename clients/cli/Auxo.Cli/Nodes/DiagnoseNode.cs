using System.CommandLine;

using Auxo.Cli.Nodes.Diagnosing;
using Auxo.Cli.Nodes.Fixing;
using Auxo.Cli.Output;
using Auxo.Cli.Patches.Copies;

namespace Auxo.Cli.Nodes;

/// <summary>
/// <c>auxo node diagnose</c>: thirteen checks of why this node and another do not get each other's work. It looks and
/// changes nothing.
/// </summary>
internal static class DiagnoseNode
{
    public static Command Create(CliHost host)
    {
        var peer = new Option<string?>("--peer")
        {
            Description = "The other node; else every node of the mesh that this one knows",
            HelpName = "NID[@HOST:PORT]",
        };
        var repository = new Option<string?>("--repo")
        {
            Description = "The repository that both should have; else that of this working copy, else all that are here",
            HelpName = "RID",
        };
        return new Command("diagnose",
            "Why do this node and another not get each other's work? Thirteen checks; exit code 1 for a warning or worse")
        {
            peer, repository,
        }.Does(host, async (parsed, session, ct) =>
        {
            var (home, own) = await RadicleCopy.ProfileAsync(host, ct);
            var rid = await FixNode.RepositoryAsync(host, parsed.GetValue(repository), ct);
            var reading = await ReadMesh.ReadAsync(host, home, own, Peer(parsed.GetValue(peer)), rid, ct);
            return Write(session.Terminal, Diagnosis.Of(reading));
        });
    }

    private static int Write(Terminal terminal, Diagnosis diagnosis)
    {
        var worst = diagnosis.All.Max(static i => i.State);
        if (terminal.Json) terminal.WriteJson(ToJson(diagnosis, worst));
        else WriteText(terminal, diagnosis, worst);
        return worst >= DiagnosisState.Warning ? ExitCode.Negative : ExitCode.Ok;
    }

    private static object ToJson(Diagnosis diagnosis, DiagnosisState worst) => new
    {
        state = Word(worst),
        critical = diagnosis.All.Count(static i => i.State == DiagnosisState.Critical),
        warnings = diagnosis.All.Count(static i => i.State == DiagnosisState.Warning),
        machine = diagnosis.Machine.Select(Item),
        peers = diagnosis.Peers.Select(p => new
        {
            node = p.Peer.Nid.Nid, address = p.Peer.Address, connected = p.Peer.Session?.Connected == true,
            cause = diagnosis.RootOf(p)?.Number, checks = p.Items.Select(Item),
        }),
    };

    private static object Item(DiagnosisItem i) =>
        new { i.Number, i.Name, state = Word(i.State), i.Evidence, i.Cause, i.Next };

    private static void WriteText(Terminal terminal, Diagnosis diagnosis, DiagnosisState worst)
    {
        Section(terminal, "this node", diagnosis.Machine);
        foreach (var peer in diagnosis.Peers)
        {
            terminal.Line();
            Section(terminal, peer.Peer.Address is { } address ? $"{peer.Peer.Name} at {address}" : peer.Peer.Name,
                peer.Items);
            if (diagnosis.RootOf(peer) is { } root)
                terminal.Line($"[bold]begin with {root.Number}[/]" + Terminal.Escape(": ") + Terminal.Safe(root.Cause));
        }

        terminal.Line();
        var (critical, warnings) = (diagnosis.All.Count(static i => i.State == DiagnosisState.Critical),
            diagnosis.All.Count(static i => i.State == DiagnosisState.Warning));
        terminal.Line(worst >= DiagnosisState.Warning
            ? $"[{Sign(worst).Style}]{Sign(worst).Text} {critical} critical[/], {warnings} {(warnings == 1 ? "warning" : "warnings")}; "
                + "the arrows say what to do"
            : "[green]✓ nothing is in the way[/]");
    }

    private static void Section(Terminal terminal, string title, IReadOnlyList<DiagnosisItem> items)
    {
        terminal.Line($"[bold]{Terminal.Safe(title)}[/]");
        var columns = new Columns(3, "", "", "", "") { Wraps = true };
        foreach (var i in items.OrderBy(static i => i.Number))
        {
            columns.Add(Sign(i.State), new Cell($"{i.Number,2}"), i.Name,
                new Cell(i.Evidence, Sign(i.State).Style is "green" ? null : Sign(i.State).Style));
            if (i.Cause is { } cause) columns.Add("", "", "", cause);
            if (i.Next is { } next) columns.Add("", "", "", new Cell("→ " + next, "bold"));
        }

        columns.Write(terminal);
    }

    private static string? Peer(string? peer)
        => peer is null || (FixScene.NidOf(peer) is not null
            && (peer.IndexOf('@') < 0 || (Health.ReadNode.PortOf(peer) is not null
            && MeshAddress.HostOf(peer[(peer.IndexOf('@') + 1)..]).Length > 0)))
            ? peer
            : throw new CliException(
                ExitCode.Usage, $"'{peer}' is no peer.",
                "It looks like z6Mk… or z6Mk…@host.example.org:8776; on the peer: rad node config --addresses");

    private static string Word(DiagnosisState state) => state switch
    {
        DiagnosisState.Critical => "critical", DiagnosisState.Warning => "warning",
        DiagnosisState.NotKnown => "not_known", _ => "fine",
    };

    private static Cell Sign(DiagnosisState state) => state switch
    {
        DiagnosisState.Critical => new("✗", "red"), DiagnosisState.Warning => new("!", "yellow"),
        DiagnosisState.NotKnown => new("-", "dim"), _ => new("✓", "green"),
    };
}
