using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Console.Layout;

/// <summary>A refusal or a defect is a page for who looks with a browser; programs get the problem as JSON.</summary>
internal sealed class ProblemPages : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context)
        => context.HttpContext.Request.GetTypedHeaders().Accept.Any(static a => a.MediaType.Value == "text/html");

    public ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var (http, problem) = (context.HttpContext, context.ProblemDetails);
        var status = problem.Status ?? http.Response.StatusCode;
        return new(new RazorComponentResult<Document>(new { Problem = (status, problem.Detail ?? problem.Title ?? "") })
        {
            StatusCode = status,
        }.ExecuteAsync(http));
    }
}
