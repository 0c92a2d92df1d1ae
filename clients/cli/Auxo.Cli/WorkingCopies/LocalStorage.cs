using Auxo.Contracts;
using Auxo.Radicle;

namespace Auxo.Cli.WorkingCopies;

/// <summary>Radicle's storage on this machine, which is read and never written here.</summary>
internal static class LocalStorage
{
    /// <summary>Opens a repository of it.</summary>
    /// <returns>Null when there is no Radicle here, or it does not have the repository in a readable form.</returns>
    public static async Task<RadicleRepository?> OpenAsync(CliHost host, Rid? rid, CancellationToken ct)
    {
        if (rid is not { } id || RadicleHome.Find(host.Variable) is not RadicleHomeSearch.Found { Home: var home }) return null;
        try
        {
            return await RadicleRepository.OpenAsync(home.RepositoryPath(id), ct);
        }
        catch (NotRadicleException)
        {
            return null;
        }
    }

    /// <summary>The only patch whose id begins so.</summary>
    /// <exception cref="CliException">Several do.</exception>
    /// <returns>Null when none does, or it cannot be read.</returns>
    public static async Task<RadiclePatch?> FindPatchAsync(RadicleRepository repository, string start, CancellationToken ct)
    {
        var ids = (await repository.ListAsync(CobTypes.Patch, ct))
            .Where(id => id.Value.StartsWith(start, StringComparison.OrdinalIgnoreCase)).ToList();
        if (ids.Count > 1) throw new CliException(ExitCode.Usage, $"'{start}' fits {ids.Count} patches.",
            "Say more digits of the patch's id.");
        try
        {
            return ids is [var id] ? await repository.ReadPatchAsync(PatchId.Parse(id.Value), ct) : null;
        }
        catch (CobFormatException)
        {
            return null;
        }
    }
}
