using System.IO.Pipelines;
using System.Text.Json;

using Auxo.Registry.Access;
using Auxo.Registry.Blobs;
using Auxo.Registry.NuGet.Flat;
using Auxo.Registry.NuGet.Reading;
using Auxo.Registry.Packages;
using Auxo.Registry.Packages.Uploading;
using Auxo.ServiceDefaults.Access;

namespace Auxo.Registry.NuGet.Pushing;

/// <summary>
/// <c>PUT /nuget/{repository}/v3/push</c>, with a slash at the end or not: takes a <c>.nupkg</c>. 201 when it is there
/// durably, 409 when its
/// version is or was.
/// </summary>
internal static class PushPackage
{
    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapPut($"{NuGetRoutes.Root}/push", HandleAsync)
            .WithName("PushNuGetPackage").WithTags(NuGetRoutes.Tag)
            .RequireRepositoryScope(RegistryScopes.Write, UploadAccess.AnyPackage(RegistryScopes.Write));

    private static Task<UploadAnswer> HandleAsync(
        string repository, HttpContext http, PackagePush push, BlobUpload upload, PublishVersion publish, CancellationToken ct)
        => push.RunAsync(repository, http, (there, received) => KeepAsync(there, received, http, upload, publish, ct), ct);

    private static async Task<UploadAnswer> KeepAsync(
        NuGetRepository repository, ReceivedBlob received, HttpContext http, BlobUpload upload, PublishVersion publish,
        CancellationToken ct)
    {
        ReadPackage read;
        using (var stream = received.OpenRead()) read = PackageReader.Read(stream);
        var (id, version) = (PackageId.Normalize(read.Nuspec.Id), PackageId.Normalize(read.Nuspec.ParsedVersion));
        if (!http.User.May(RegistryScopes.Write, repository.Name, id)) return PackagePush.Forbidden(repository, id);
        using var nuspec = await BesideAsync(upload, read.NuspecText, ct);
        using var readme = read.Readme is null ? null : await BesideAsync(upload, read.Readme, ct);
        List<NewPackageFile> files =
        [
            new(PackageFileName.Package(id, version), received, "application/octet-stream", JsonSerializer.Serialize(
                new PackageFacts(Convert.ToBase64String(received.Sha512!)), NuGetJson.Default.PackageFacts)),
            new(PackageFileName.Nuspec(id, version), nuspec, "application/xml"),
        ];
        if (readme is not null) files.Add(new(PackageFileName.Readme(id, version), readme, "text/markdown; charset=utf-8"));
        var outcome = await publish.RunAsync(new NewVersion(
            repository.Name, id, version, JsonSerializer.Serialize(read.Nuspec, NuGetJson.Default.Nuspec), files, http.Caller()));
        return PackagePush.Answer(outcome, repository, $"{read.Nuspec.Id} {version}");
    }

    private static Task<ReceivedBlob> BesideAsync(BlobUpload upload, byte[] text, CancellationToken ct)
        => upload.ReceiveAsync(PipeReader.Create(new MemoryStream(text)), long.MaxValue, sha512: false, ct);
}
