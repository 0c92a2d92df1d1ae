using Auxo.Cli.Instances;
using Auxo.Contracts;

namespace Auxo.Cli.Mesh.Joining;

/// <summary>Which repositories a new machine shall have: those that were named, and those that an Auxo
/// tracks.</summary>
internal static class WantedRepositories
{
    /// <param name="named">Ids of the command line.</param>
    /// <param name="url">The AppHost's address of an Auxo; null for none.</param>
    /// <param name="token">A token for it.</param>
    /// <param name="ct">Stops.</param>
    /// <exception cref="CliException">An id is none, or Auxo does not answer.</exception>
    public static async Task<IReadOnlyList<Rid>> ReadAsync(IReadOnlyList<string> named, string? url, string? token,
        CancellationToken ct)
    {
        var wanted = named.Select(static text => Rid.TryParse(text, provider: null, out var rid) ? rid
            : throw new CliException(
            ExitCode.Usage, $"'{text}' is no repository's id.",
                "It looks like rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5; 'rad ls' shows them.")).ToList();
        if (url is null) return [.. wanted.Distinct()];
        using var clients = new Clients(Instance.At(url, token));
        var tracked = (await clients.Ingest.RepositoriesAsync(ct)).Items;
        // Plain git repositories are folders of Auxo's own machine.
        return [.. wanted.Concat(tracked.Select(static r => Rid.TryParse(r.Rid, provider: null, out var rid) ? rid
            : default(Rid?)).OfType<Rid>())
            .Distinct()];
    }
}
