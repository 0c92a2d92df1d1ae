using System.Reflection;

using Auxo.ServiceDefaults;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Auxo.Architecture.Tests.Description;

/// <summary>Says of the service what no route says.</summary>
internal sealed class DescribeService(ServiceIdentity service) : IOpenApiDocumentTransformer
{
    /// <summary>The document's name.</summary>
    public const string Document = "v1";

    /// <summary>The name by which routes refer to the one way to be let in.</summary>
    public const string Token = "token";

    /// <summary>Lets a service describe itself.</summary>
    public static void AddTo(IServiceCollection services) => services.AddOpenApi(Document, static options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer<DescribeService>();
        options.AddOperationTransformer<DescribeRoute>();
    });

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo { Title = $"Auxo {service.Name}", Version = service.Version };
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
        document.Components.SecuritySchemes[Token] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http, Scheme = "bearer",
            Description = "A token of Auxo ('auxo token create'). Each route names the scope that it asks for; 'admin' has every scope.",
        };
        return Task.CompletedTask;
    }
}

/// <summary>
/// Says of a route what it is for, in the words of its use case's class, and which scope it asks for.
/// </summary>
internal sealed class DescribeRoute : IOpenApiOperationTransformer
{
    private readonly Dictionary<Assembly, DocStrings> _read = [];

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<MethodInfo>().FirstOrDefault()?.DeclaringType is { } type)
        {
            if (!_read.TryGetValue(type.Assembly, out var docs)) _read[type.Assembly] = docs = DocStrings.Of(type.Assembly);
            operation.Summary ??= docs.Summary(type);
        }

        if (metadata.OfType<IAllowAnonymous>().Any()) return Task.CompletedTask;
        var requirements = metadata.OfType<AuthorizationPolicy>().SelectMany(static p => p.Requirements).ToList();
        var scopes = requirements.OfType<ScopeRequirement>().ToList();
        var token = new OpenApiSecuritySchemeReference(DescribeService.Token, context.Document);
        operation.Security =
        [
            // A route without a rule is for administrators.
            new OpenApiSecurityRequirement
            {
                [token] = requirements.Count == 0 ? [AccessToken.Admin] : [.. scopes.Select(static s => s.Scope)],
            },
        ];
        // OpenAPI's way to say that it may also go without.
        if (scopes.Exists(static s => s.OpenOnLoopback || s.RepositoryOf is not null)) operation.Security.Add([]);
        return Task.CompletedTask;
    }
}
