using Auxo.Registry.Access;
using Auxo.Registry.Npm.Accounts;
using Auxo.Registry.Npm.Advisories;
using Auxo.Registry.Npm.Changing;
using Auxo.Registry.Npm.Mirrored;
using Auxo.Registry.Npm.Publish;
using Auxo.Registry.Npm.Reading;
using Auxo.Registry.Npm.Search;
using Auxo.Registry.Npm.Signing;

namespace Auxo.Registry.Npm;

/// <summary>The registry that npm, pnpm, Yarn and Bun talk to, at <c>/npm/{repository}/</c>.</summary>
public static class NpmRegistry
{
    /// <summary>Adds what it needs.</summary>
    public static void AddNpm(this IServiceCollection services)
    {
        services.AddSingleton<SigningKey>();
        services.AddSingleton<NpmPackages>();
        services.AddSingleton<NpmMirror>();
        services.AddSingleton<GetTarball>();
        services.AddSingleton<PublishPackage>();
        services.AddSingleton<ChangeNpmPackage>();
        services.PostConfigure<ProblemDetailsOptions>(NpmProblems.ForClients);
    }

    /// <summary>Maps its routes.</summary>
    public static void MapNpm(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/npm/{repository}/-/ping", static () => TypedResults.Bytes("{}"u8.ToArray(), "application/json"))
            .WithName("PingNpm").WithTags("npm").RequireRepositoryScope(RegistryScopes.Read);
        Login.Map(routes);
        SearchPackages.Map(routes);
        GetSignatures.Map(routes);
        BulkAdvisories.Map(routes);
        DistTags.Map(routes);
        GetPackage.Map(routes);
        PutPackage.Map(routes);
        DeletePackage.Map(routes);
        // What clients try and can do without: staged publishing, teams, tokens.
        routes.MapPost("/npm/{repository}/{**path}", static () => NpmProblems.NoRoute)
            .WithName("PostNpm").WithTags("npm").RequireRepositoryScope(RegistryScopes.Write);
    }
}
