using Microsoft.AspNetCore.Antiforgery;

namespace Auxo.Console.Access;

/// <summary>Routes that do something for a form of this console.</summary>
internal static class OwnForms
{
    /// <summary>Only for whoever is signed in, and only by a form that carries the proof that it is ours: else 400.</summary>
    public static RouteHandlerBuilder FromOwnForm(this RouteHandlerBuilder route)
        => route.RequireAuthorization(Configuration.SignedIn).AddEndpointFilter(static async (context, next) =>
        {
            var http = context.HttpContext;
            return await http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http)
                ? await next(context)
                : TypedResults.Problem("The page is older than your sign-in. Open it again, then press the button.", statusCode: 400);
        });
}
