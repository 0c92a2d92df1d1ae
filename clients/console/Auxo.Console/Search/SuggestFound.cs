using Auxo.Console.Parts;

namespace Auxo.Console.Search;

/// <summary>A line of the command palette.</summary>
/// <param name="Kind">What it is, in one word.</param>
/// <param name="Words">Its name.</param>
/// <param name="More">What tells it from others of that name.</param>
/// <param name="Url">Its page.</param>
internal sealed record Suggestion(string Kind, string Words, string More, string Url);

/// <summary><c>GET /search/found?q=…</c>: the first that fit, while somebody still types.</summary>
internal static class SuggestFound
{
    private const int Most = 6;

    /// <summary>Whoever has more repositories finds the patches of the others by Enter, on the page that searches.</summary>
    private const int PatchesOf = 20;

    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/search/found", HandleAsync).WithName("SuggestFound").RequireAuthorization(Configuration.SignedIn);

    private static async Task<IResult> HandleAsync(Clients clients, CancellationToken ct, string? q = null)
    {
        if (q?.Trim() is not { Length: > 0 } wanted) return TypedResults.Ok(Array.Empty<Suggestion>());
        try
        {
            var found = await Found.FindAsync(clients, wanted, pages: 1, PatchesOf, Most, ct);
            return TypedResults.Ok<IReadOnlyList<Suggestion>>([
                .. found.Repositories.Select(static r => new Suggestion("repository", r.Name, "", Say.RepositoryUrl(r.Rid))),
                .. found.Patches.Select(static p => new Suggestion(
                    "patch", p.Patch.Title, $"{p.Of.Name} {Say.Short(p.Patch.PatchId)} {p.Patch.Status}",
                    Say.PatchUrl(p.Of.Rid, p.Patch.PatchId))),
                .. found.Builds.Select(static b => new Suggestion(
                    "build", b.Title, $"{b.RepositoryName} {b.Short} {Say.Standing(b).Replace('_', ' ')}", $"/builds/{b.Id}")),
            ]);
        }
        catch (ServiceException e)
        {
            return TypedResults.Problem(e.Message, statusCode: e.Status == 503 ? StatusCodes.Status502BadGateway : e.Status);
        }
    }
}
