using Auxo.Contracts;

namespace Auxo.Cli.Mesh.Joining;

/// <summary>
/// Which repositories a new machine shall have: those that were named, and those that an Auxo tracks.
/// </summary>
internal static class WantedRepositories
{
    /// <param name="session">Where an Auxo is found.</param>
    /// <param name="named">Ids of the command line.</param>
    /// <param name="tracked">Those that Auxo tracks too.</param>
    /// <param name="ct">Stops.</param>
    /// <exception cref="CliException">An id is none, or Auxo does not answer.</exception>
    public static async Task<IReadOnlyList<Rid>> ReadAsync(
        Session session, IReadOnlyList<string> named, bool tracked, CancellationToken ct)
    {
        var wanted = named.Select(static text => Rid.TryParse(text, provider: null, out var rid) ? rid
            : throw new CliException(
                ExitCode.Usage, $"'{text}' is no repository's id.",
                "It looks like rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5; 'rad ls' shows them.")).ToList();
        if (!tracked) return [.. wanted.Distinct()];
        // Plain git repositories are folders of Auxo's own machine.
        var all = (await session.Clients.Ingest.RepositoriesAsync(ct)).Items
            .Select(static r => Rid.TryParse(r.Rid, provider: null, out var rid) ? rid : default(Rid?)).OfType<Rid>();
        return [.. wanted.Concat(all).Distinct()];
    }
}
