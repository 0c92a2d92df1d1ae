using Auxo.Registry.Npm.Names;
using Auxo.Registry.Repositories;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Registry.Npm;

/// <summary>
/// What can be wrong with a request of an npm client. The clients print the member <c>error</c> of an answer, so every problem below
/// <c>/npm/</c> has its detail there too.
/// </summary>
internal static class NpmProblems
{
    /// <summary>Adds that member.</summary>
    public static void ForClients(ProblemDetailsOptions options)
    {
        var others = options.CustomizeProblemDetails;
        options.CustomizeProblemDetails = context =>
        {
            others?.Invoke(context);
            if (context.HttpContext.Request.Path.StartsWithSegments("/npm", StringComparison.Ordinal))
                context.ProblemDetails.Extensions["error"] = context.ProblemDetails.Detail;
        };
    }

    public static ProblemHttpResult NoRepository(string repository)
        => AuxoProblem.NotFound("repository/not-found",
            $"There is no npm repository '{Shown(repository)}'. An administrator makes one with PUT /repositories/NAME, format npm.");

    public static ProblemHttpResult NoPackage(string repository, NpmName name)
        => AuxoProblem.NotFound("npm/not-found", $"'{repository}' has no package '{name}'.");

    /// <summary>With what may be the reason where packages come from upstream.</summary>
    public static ProblemHttpResult NoPackage(RegistryRepository repository, NpmName name)
        => repository.Mirror is not { CooldownDays: > 0 } mirror
            ? NoPackage(repository.Name, name)
            : AuxoProblem.NotFound("npm/not-found",
                $"'{repository.Name}' has no package '{name}', nor has its upstream a version of it that is "
                    + $"{mirror.CooldownDays} days old.");

    public static ProblemHttpResult NoVersion(NpmName name, string version)
        => AuxoProblem.NotFound("npm/no-such-version", $"'{name}' has no version or tag '{Shown(version)}'.");

    public static ProblemHttpResult Path(string detail) => AuxoProblem.BadRequest("npm/invalid-path", detail);

    public static ProblemHttpResult NoRoute => AuxoProblem.NotFound("npm/no-such-route", "This registry has no such function of npm.");

    public static ProblemHttpResult Changed(NpmName name)
        => AuxoProblem.Conflict("npm/changed-meanwhile", $"Somebody else changed '{name}' meanwhile. Run the command again.");

    public static string Shown(string text) => text.Length > 80 ? text[..79] + "…" : text;
}
