using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Console.Layout;

/// <summary>A refusal or a defect is a page for who looks with a browser; programs get the problem as JSON.</summary>
internal sealed class ProblemPages : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context)
        => context.HttpContext.Request.GetTypedHeaders().Accept.Any(static a => a.MediaType.Value == "text/html");

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var (http, problem) = (context.HttpContext, context.ProblemDetails);
        var status = problem.Status ?? http.Response.StatusCode;
        // Services of a request can make one page only, and the page that failed has had them.
        var had = http.RequestServices;
        await using var scope = had.CreateAsyncScope();
        http.RequestServices = scope.ServiceProvider;
        try
        {
            await new RazorComponentResult<Document>(new { Problem = (status, problem.Detail ?? problem.Title ?? "") })
            {
                StatusCode = status,
            }.ExecuteAsync(http);
        }
        finally
        {
            http.RequestServices = had;
        }
    }
}
