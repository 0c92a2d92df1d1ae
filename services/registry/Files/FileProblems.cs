using Auxo.Registry.Blobs;
using Auxo.Registry.Repositories;

using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Registry.Files;

/// <summary>What can be wrong with a request about a file.</summary>
internal static class FileProblems
{
    /// <summary>Reads the file's name from the request as it came over the wire; null when it is a good one.</summary>
    public static ProblemHttpResult? Name(HttpContext http, string repository, out string? path)
    {
        // What was allowed is the repository of the route; so the wire must name the same.
        path = FileName.FromTarget(
            http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, $"/raw/{repository}/", out var refusal);
        return path is null ? AuxoProblem.BadRequest("file/invalid-name", $"The file's name {refusal}.") : null;
    }

    public static ProblemHttpResult NoRepository(string repository)
        => AuxoProblem.NotFound("repository/not-found",
            $"There is no raw repository '{Shown(repository)}'. 'auxo raw define NAME' makes one; 'auxo raw list' shows them.");

    /// <summary>For what is asked of a repository of any format.</summary>
    public static ProblemHttpResult NoRepositoryOfAny(string repository)
        => AuxoProblem.NotFound("repository/not-found",
            $"There is no repository '{Shown(repository)}'. 'auxo registry list' shows them.");

    public static ProblemHttpResult NoFile(string repository, string path)
        => AuxoProblem.NotFound("file/not-found", $"'{repository}' has no file '{path}'.");

    public static ProblemHttpResult NoRoom(RegistryRepository repository)
        => AuxoProblem.Of(
            StatusCodes.Status413PayloadTooLarge, "repository/quota-exceeded",
            $"'{repository.Name}' may hold {repository.QuotaBytes} bytes and has no room for this. Delete files, or "
                + $"raise its quota: auxo registry define {repository.Name} --quota SIZE");

    public static ProblemHttpResult Changed(string path, Digest? current)
        => AuxoProblem.Of(
            StatusCodes.Status412PreconditionFailed, "file/precondition-failed",
            current is { } digest
                ? $"'{path}' is there, as {digest}, which is not what the request's conditions expect."
                : $"'{path}' is not there, which is not what the request's conditions expect.");

    private static string Shown(string text) => text.Length > 80 ? text[..79] + "…" : text;
}
