using System.Security.Claims;

using Auxo.Registry.Access;
using Auxo.Registry.Repositories;

using Npgsql;

namespace Auxo.Registry.Oci.Access;

/// <summary>The repositories that hold images, and what callers may do in them.</summary>
public sealed class OciRepositories(RepositoryRows rows, NpgsqlDataSource source)
{
    /// <summary>The repository; null when there is none of that name, or one that holds no images.</summary>
    public ValueTask<RegistryRepository?> FindAsync(string name, CancellationToken ct)
        => rows.FindAsync(name, RepositoryFormats.Oci, ct);

    /// <summary>The same with its fill as it is now, for whoever is about to add to it.</summary>
    public async Task<RegistryRepository?> FindFillAsync(string name, CancellationToken ct)
        => await RepositoryTable.FindAsync(source, name, ct) is { Format: RepositoryFormats.Oci } found ? found : null;

    /// <summary>Whether a caller may read an image that the route does not name.</summary>
    public async ValueTask<bool> MayReadAsync(ClaimsPrincipal user, string repository, string image, CancellationToken ct)
        => user.May(RegistryScopes.Read, repository, image) || await FindAsync(repository, ct) is { AnonymousRead: true };
}
