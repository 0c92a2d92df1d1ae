using Auxo.Registry.Access;
using Auxo.Registry.Oci.Access;
using Auxo.Registry.Oci.Blobs;
using Auxo.Registry.Oci.Manifests;
using Auxo.Registry.Oci.Uploads;

namespace Auxo.Registry.Oci;

/// <summary>
/// The routes of the OCI distribution specification. An image's name may have any number of parts before what is asked for, which no
/// route pattern can say: one route for each method reads the path from its end.
/// </summary>
public static class OciRoutes
{
    private const string Pattern = "/v2/{repository}/{**rest}";

    internal static void Map(IEndpointRouteBuilder routes)
    {
        ShowVersion.Map(routes);
        IssueToken.Map(routes);
        ListImages.Map(routes);
        Described(routes.MapMethods(Pattern, [HttpMethods.Get, HttpMethods.Head], ReadAsync), "ReadImage", RegistryScopes.Read);
        Described(routes.MapPost(Pattern, BeginAsync), "BeginBlobUpload", RegistryScopes.Write);
        Described(routes.MapPatch(Pattern, AppendAsync), "AppendToBlobUpload", RegistryScopes.Write);
        Described(routes.MapPut(Pattern, PutAsync), "PutImagePart", RegistryScopes.Write);
        Described(routes.MapDelete(Pattern, DeleteAsync), "DeleteImagePart", RegistryScopes.Write);
    }

    private static void Described(RouteHandlerBuilder route, string name, string scope)
        => route.WithName(name).WithTags("Images").RequireRepositoryScope(scope, static http => PathOf(http)?.Image);

    private static Task<IResult> ReadAsync(
        HttpContext http, GetBlob blob, GetManifest manifest, ListTags tags, ListReferrers referrers, ReceiveChunk upload,
        CancellationToken ct)
        => At(http, path => path.Target switch
        {
            OciTarget.Blob => blob.RunAsync(http, path, ct),
            OciTarget.Manifest => manifest.RunAsync(http, path, ct),
            OciTarget.Tags => tags.RunAsync(http, path, ct),
            OciTarget.Referrers => referrers.RunAsync(http, path, ct),
            OciTarget.Upload => upload.ShowAsync(http, path, ct),
            _ => Unsupported(http),
        });

    private static Task<IResult> BeginAsync(HttpContext http, BeginUpload upload, CancellationToken ct)
        => At(http, path => path.Target == OciTarget.Uploads ? upload.RunAsync(http, path, ct) : Unsupported(http));

    private static Task<IResult> AppendAsync(HttpContext http, ReceiveChunk upload, CancellationToken ct)
        => At(http, path => path.Target == OciTarget.Upload ? upload.AppendAsync(http, path, ct) : Unsupported(http));

    private static Task<IResult> PutAsync(HttpContext http, ReceiveChunk upload, PutManifest manifest, CancellationToken ct)
        => At(http, path => path.Target switch
        {
            OciTarget.Upload => upload.FinishAsync(http, path, ct),
            OciTarget.Manifest => manifest.RunAsync(http, path, ct),
            _ => Unsupported(http),
        });

    private static Task<IResult> DeleteAsync(
        HttpContext http, ReceiveChunk upload, DeleteBlob blob, DeleteManifest manifest, CancellationToken ct)
        => At(http, path => path.Target switch
        {
            OciTarget.Upload => upload.CancelAsync(path, ct),
            OciTarget.Blob => blob.RunAsync(http, path, ct),
            OciTarget.Manifest => manifest.RunAsync(http, path, ct),
            _ => Unsupported(http),
        });

    private static Task<IResult> Unsupported(HttpContext http)
        => Task.FromResult<IResult>(OciErrors.Unsupported($"{http.Request.Method} cannot be used with this path."));

    private static Task<IResult> At(HttpContext http, Func<OciPath, Task<IResult>> answer)
        => PathOf(http) is not { } path ? Task.FromResult<IResult>(OciErrors.NoRoute())
            : !path.HasValidName ? Task.FromResult<IResult>(OciErrors.Name(path.Name))
            : answer(path);

    private static OciPath? PathOf(HttpContext http)
        => http.Request.RouteValues["repository"] is string repository
            ? OciPath.Parse(repository, http.Request.RouteValues["rest"] as string) : null;
}
