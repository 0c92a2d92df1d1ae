using Auxo.Api;

namespace Auxo.Cli.Nodes.Diagnosing;

/// <summary>Checks 10 to 12: whether what two nodes share reaches both. Pure.</summary>
internal static class RepositoryRules
{
    private const int MostShown = 3;
    private static readonly TimeSpan OnItsWay = TimeSpan.FromMinutes(5);

    /// <summary>10: the allow list. Who is not on it is connected, is fine in all else, and gets nothing.</summary>
    public static DiagnosisItem Allowed(MeshReading reading, MeshPeer peer)
    {
        DiagnosisItem Of(DiagnosisState state, string text, string? cause = null, string? next = null)
            => new(10, "allow list", state, text, cause, next);
        if (Unreadable(reading) is { } problem) return Of(
            DiagnosisState.NotKnown, problem, next: "fetch it again: rad sync --fetch " + reading.Repositories[0].Rid);
        var here = reading.Repositories.Where(static r => r.IsHere).ToList();
        if (here.Count == 0) return Of(
            DiagnosisState.NotKnown, reading.IsNamed ? "the repository is not here, so who may read it is not known"
                : "there is no repository here",
            next: reading.IsNamed ? Allow(reading.Repositories[0], "a delegate: ", reading.Own) : null);
        var closed = here.Where(static r => r.Readers is not null).ToList();
        if (closed.Find(r => !r.Readers!.Contains(reading.Own)) is { } lost) return Of(
            DiagnosisState.Critical, $"this node may not read {lost.Name} ({lost.Rid})",
            "it is not on the allow list any more",
            Allow(lost, "a delegate: ", reading.Own));
        var without = closed.Where(r => !r.Readers!.Contains(peer.Nid)).ToList();
        if (closed.Count == 0) return Of(DiagnosisState.Fine,
            reading.IsNamed ? "the repository is public" : "every repository here is public");
        if (without.Count == 0) return Of(DiagnosisState.Fine, closed.Count == 1
            ? $"both nodes may read {closed[0].Name}" : $"both nodes may read all {closed.Count} private repositories");
        var first = without[0];
        var next = Allow(first, first.IsDelegate ? "" : "a delegate: ", peer.Nid);
        // Of all repositories some may be closed to this peer on purpose; of one that was named, or of all of them,
        // hardly.
        if (reading.IsNamed) return Of(
            DiagnosisState.Critical, $"the peer is not on the allow list of {first.Name}",
            "the repository is private, so the peer is told nothing of it and may not fetch it", next);
        var names = string.Join(", ", without.Take(MostShown).Select(static r => r.Name))
            + (without.Count > MostShown ? ", …" : "");
        return without.Count == closed.Count
            ? Of(DiagnosisState.Warning, $"the peer is on the allow list of no private repository here ({names})",
                "the repositories are private, so the peer is told nothing of them and may not fetch them", next)
            : Of(DiagnosisState.Fine,
                $"the peer may read {closed.Count - without.Count} of {closed.Count} private repositories, not {names}");
    }

    /// <summary>11: what is not seeded is neither fetched nor told of.</summary>
    public static DiagnosisItem Seeded(MeshReading reading, MeshPeer peer)
    {
        DiagnosisItem Of(DiagnosisState state, string text, string? cause = null, string? next = null)
            => new(11, "seeding", state, text, cause, next);
        if (reading.Repositories.Count == 0) return Of(DiagnosisState.NotKnown, "there is no repository here");
        if (reading.Repositories.FirstOrDefault(static r => !r.IsHere) is { } absent) return Of(
            DiagnosisState.Critical, $"{absent.Rid} is not here" + (absent.IsSeeded ? ", although it is seeded" : ""),
            absent.IsSeeded ? "nobody who has it may or can send it" : "this node does not seed it",
            $"auxo node fix --repo {absent.Rid} --peer {peer.Nid.Nid}@{peer.Address ?? "HOST:8776"}");
        if (reading.Repositories.FirstOrDefault(static r => !r.IsSeeded) is { } closed) return Of(
            reading.IsNamed ? DiagnosisState.Critical : DiagnosisState.Warning,
            $"this node does not seed {closed.Name} ({closed.Rid})",
            "its seeding policy blocks it, so nothing new is fetched and nobody is told",
            $"rad seed {closed.Rid} --scope all");
        if (reading.Repositories.FirstOrDefault(static r => !r.SeedsAll) is { } narrow) return Of(
            DiagnosisState.Warning, $"this node seeds {narrow.Name} with scope followed",
            "only the refs of delegates and of followed keys are fetched: patches of others do not arrive",
            $"rad seed {narrow.Rid} --scope all");
        if (!reading.IsNamed) return Of(DiagnosisState.Fine,
            "this node seeds all that it has, with the refs of everybody");
        var one = reading.Repositories[0];
        var mayRead = one.Readers is not { } readers || readers.Contains(peer.Nid);
        return one.Seeds is null || !mayRead || one.Seeds.Any(s => s.Nid == peer.Nid)
            ? Of(DiagnosisState.Fine, "this node seeds it, with the refs of everybody")
            : Of(DiagnosisState.Warning, "this node seeds it; the peer has not said that it has it",
                "the peer has not fetched it: its own seeding policy may block it",
                $"on the peer: rad seed {one.Rid} --scope all");
    }

    /// <summary>12: what this node signed last is what the peer says that it has.</summary>
    public static DiagnosisItem Refs(MeshReading reading, MeshPeer peer)
    {
        DiagnosisItem Of(DiagnosisState state, string text, string? cause = null, string? next = null)
            => new(12, "refs", state, text, cause, next);
        var mine = reading.Repositories.Where(r => r.Signed.ContainsKey(reading.Own)).ToList();
        if (mine.Count == 0) return Of(DiagnosisState.NotKnown,
            "this node has signed nothing here yet" + PeerSigned(reading, peer));
        if (mine.All(static r => r.Seeds is null)) return Of(DiagnosisState.NotKnown,
            "this node cannot be asked (check 8)");
        var behind = new List<(MeshRepository Repository, DateTimeOffset Signed, DateTimeOffset? Has)>();
        var same = 0;
        DateTimeOffset? told = null;
        foreach (var repository in mine)
        {
            if (repository.Seeds?.FirstOrDefault(s => s.Nid == peer.Nid) is not { } seed) continue;
            if (seed.AnnouncedAt > (told ?? DateTimeOffset.MinValue)) told = seed.AnnouncedAt;
            if (seed.IsInSync == true) same++;
            else behind.Add((repository, repository.Signed[reading.Own].At, seed.AnnouncedAt));
        }

        var age = told is { } at ? $"; its last word {Amounts.Ago(reading.Now, at)}" : "";
        if (behind.Count == 0) return same == 0
            ? Of(DiagnosisState.NotKnown,
                "the peer has told of nothing that this node has signed" + PeerSigned(reading, peer))
            : Of(DiagnosisState.Fine,
                $"the peer has what this node signed{(same == 1 ? "" : $" in {same} repositories")}{age}{PeerSigned(reading, peer)}");
        var (late, signed, has) = behind.MinBy(static b => b.Signed);
        var text = $"the peer does not have what this node signed in {late.Name} {Amounts.Ago(reading.Now, signed)}"
            + (has is null ? "; it has never said what it has" : age);
        return reading.Now - signed < OnItsWay
            ? Of(DiagnosisState.Fine, text + ": it may be on its way")
            : Of(DiagnosisState.Warning, text, "it was not announced, or the peer could not fetch it",
                $"rad sync --announce {late.Rid}");
    }

    private static string PeerSigned(MeshReading reading, MeshPeer peer)
    {
        var times = reading.Repositories.Where(r => r.Signed.ContainsKey(peer.Nid)).Select(r => r.Signed[peer.Nid].At)
            .ToList();
        return times.Count == 0 ? "" : $"; here is what the peer signed {Amounts.Ago(reading.Now, times.Max())}";
    }

    private static string? Unreadable(MeshReading reading)
        => reading is { IsNamed: true, Repositories: [{ Problem: { } problem } one] }
            ? $"{one.Rid} cannot be read: {problem}" : null;

    private static string Allow(MeshRepository repository, string who, Contracts.Did did)
        => $"{who}rad id update --repo {repository.Rid} --allow {did} --title \"Allow a reader\"; rad sync --announce";
}
