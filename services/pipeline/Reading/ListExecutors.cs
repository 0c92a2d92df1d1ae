using Auxo.Pipeline.Execution;
using Auxo.ServiceDefaults.Access;

namespace Auxo.Pipeline.Reading;

/// <summary><c>GET /executors</c>: what runs steps here, and whether it holds them in.</summary>
public static class ListExecutors
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/executors", static (StepExecutors executors) => TypedResults.Ok(new ExecutorPage(executors.All(), Next: null)))
            .WithName("ListExecutors").RequireScope("pipeline:read");
}

/// <summary>A page of a list.</summary>
/// <param name="Items">Those of steps without an image first.</param>
/// <param name="Next">Null: there is one page.</param>
public sealed record ExecutorPage(IReadOnlyList<ExecutorState> Items, string? Next);
