using Auxo.Cli.Nodes.Health;
using Auxo.Contracts;

namespace Auxo.Cli.Nodes.Privacy;

/// <summary>A repository that is private, or was.</summary>
/// <param name="Rid">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="IsPrivate">As its identity says now.</param>
/// <param name="PublicSince">When it became public after it had been private; null when it did not.</param>
/// <param name="Readers">Delegates and allow list.</param>
/// <param name="Holders">The other nodes that are said to have it.</param>
/// <param name="IsAnnounced">This node tells everybody that it has it.</param>
internal sealed record PrivacyReading(
    Rid Rid, string Name, bool IsPrivate, DateTimeOffset? PublicSince, IReadOnlyCollection<Did> Readers,
    IReadOnlyCollection<Did> Holders, bool IsAnnounced);

/// <summary>What is not as private as it should be. Every such thing is critical: what somebody has read stays read.</summary>
internal static class PrivacyRules
{
    private const int MostShown = 3;

    /// <param name="repositories">Those that are private, or were.</param>
    /// <param name="meant">Repositories of which somebody has said that they are public on purpose.</param>
    /// <param name="unknown">Why the node and its routing table could not be asked who has what; null when they answered.</param>
    /// <param name="unread">How many repositories could not be read: each may be private.</param>
    public static IEnumerable<HealthItem> Judge(
        IReadOnlyCollection<PrivacyReading> repositories, IReadOnlySet<Rid> meant, string? unknown, int unread = 0)
    {
        var found = repositories.SelectMany(r => Of(r, meant)).ToList();
        foreach (var item in found) yield return item;
        var count = repositories.Count(static r => r.IsPrivate);
        if (unknown is not null && count > 0) yield return new HealthItem("private", HealthState.Warning,
            $"who has the {Counted(count)} is not known: {unknown}", "start the node, then look again: auxo node fix");
        else if (found.Count == 0 && unread > 0) yield return new HealthItem("private", HealthState.Warning,
            $"{(unread == 1 ? "1 repository" : $"{unread} repositories")} could not be read; of the others "
                + (count == 0 ? "none is private" : $"{count} {(count == 1 ? "is" : "are")} private, only with nodes that may have them"));
        else if (found.Count == 0) yield return new HealthItem("private", HealthState.Fine,
            count == 0 ? "there is no private repository here" : $"{Counted(count)}, only with nodes that may have them");
    }

    /// <summary>What is wrong with one repository.</summary>
    public static IEnumerable<HealthItem> Of(PrivacyReading repository, IReadOnlySet<Rid> meant)
    {
        var name = $"private {repository.Name}";
        if (repository.PublicSince is { } since && !meant.Contains(repository.Rid)) yield return new HealthItem(
            name, HealthState.Critical, $"{repository.Rid} was private and is public since {since:yyyy-MM-dd HH:mm} UTC",
            $"if it was meant: auxo node health --meant-public {repository.Rid}; else make it private again (rad id update --repo "
                + $"{repository.Rid} --visibility private --title \"Private again\"; rad sync --announce) and change every secret in it");
        if (!repository.IsPrivate) yield break;
        var strangers = repository.Holders.Where(h => !repository.Readers.Contains(h))
            .OrderBy(static h => h.Nid, StringComparer.Ordinal).ToList();
        if (strangers.Count > 0) yield return new HealthItem(
            name, HealthState.Critical,
            $"{repository.Rid} is at {(strangers.Count == 1 ? "a node that is" : $"{strangers.Count} nodes that are")} not allowed: "
                + string.Join(", ", strangers.Take(MostShown).Select(static s => s.Nid)) + (strangers.Count > MostShown ? " …" : ""),
            $"if it may have it: rad id update --repo {repository.Rid} --allow {strangers[0]} --title \"Allow a reader\"; "
                + "else take what is in it for read, and change every secret in it");
        if (repository.IsAnnounced) yield return new HealthItem(
            name, HealthState.Critical, $"this node tells everybody that it has {repository.Rid}",
            $"rad unseed {repository.Rid}; restart the node (rad node stop; rad node start); rad seed {repository.Rid} --scope all");
    }

    private static string Counted(int count) => count == 1 ? "1 private repository" : $"{count} private repositories";
}
