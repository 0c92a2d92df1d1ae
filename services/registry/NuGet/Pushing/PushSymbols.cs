using Auxo.Registry.Access;
using Auxo.Registry.Blobs;
using Auxo.Registry.NuGet.Flat;
using Auxo.Registry.NuGet.Reading;
using Auxo.Registry.Packages;
using Auxo.Registry.Packages.Uploading;
using Auxo.ServiceDefaults.Access;

using Npgsql;

namespace Auxo.Registry.NuGet.Pushing;

/// <summary>
/// <c>PUT /nuget/{repository}/v3/symbols</c>: takes the <c>.snupkg</c> of a version that is there. It lies beside the
/// package from then on.
/// </summary>
internal static class PushSymbols
{
    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapPut($"{NuGetRoutes.Root}/symbols", HandleAsync)
            .WithName("PushNuGetSymbols").WithTags(NuGetRoutes.Tag)
            .RequireRepositoryScope(RegistryScopes.Write, UploadAccess.AnyPackage(RegistryScopes.Write));

    private static Task<UploadAnswer> HandleAsync(
        string repository, HttpContext http, PackagePush push, NpgsqlDataSource source, PublishVersion publish, CancellationToken ct)
        => push.RunAsync(repository, http, (there, received) => KeepAsync(there, received, http, source, publish, ct), ct);

    private static async Task<UploadAnswer> KeepAsync(
        NuGetRepository repository, ReceivedBlob received, HttpContext http, NpgsqlDataSource source, PublishVersion publish,
        CancellationToken ct)
    {
        ReadPackage read;
        using (var stream = received.OpenRead()) read = PackageReader.ReadSymbols(stream);
        var (id, version) = (PackageId.Normalize(read.Nuspec.Id), PackageId.Normalize(read.Nuspec.ParsedVersion));
        if (!http.User.May(RegistryScopes.Write, repository.Name, id)) return PackagePush.Forbidden(repository, id);
        var package = await PackageTable.FindAsync(source, repository.Name, id, ct);
        if (package?.Versions.FirstOrDefault(v => v.Version == version) is not { } known)
            return new UploadAnswer(StatusCodes.Status404NotFound,
                $"{read.Nuspec.Id} {version} is not in '{repository.Name}'; push the package before its symbols.");
        var outcome = await publish.RunAsync(new NewVersion(
            repository.Name, id, version, known.Metadata,
            [new(PackageFileName.Symbols(id, version), received, "application/octet-stream")], http.Caller()) { AddsFiles = true });
        return PackagePush.Answer(outcome, repository, $"The symbols of {read.Nuspec.Id} {version}");
    }
}
