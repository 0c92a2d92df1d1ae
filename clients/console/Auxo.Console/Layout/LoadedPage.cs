using System.Globalization;

using Auxo.Console.Access;

using Microsoft.AspNetCore.Components;

namespace Auxo.Console.Layout;

/// <summary>
/// A page that asks services before it is shown. One that refuses or is silent is no dead page: it says which, and what to do; a token
/// that has ended leads to the sign-in. A page that is marked <c>AllowAnonymous</c> is asked for without a token, too: the services decide
/// whether everybody may read it, and who may not is led to the sign-in as on every other page.
/// </summary>
public abstract class LoadedPage : ComponentBase
{
    [Inject] private NavigationManager Navigation { get; set; } = null!;

    [Inject] internal Clients Clients { get; set; } = null!;

    [Inject] internal TimeProvider Time { get; set; } = null!;

    /// <summary>The request that is answered.</summary>
    [CascadingParameter] protected HttpContext? Http { get; private set; }

    /// <summary>What stands in the way; null when all is there.</summary>
    protected ServiceException? Trouble { get; private set; }

    /// <summary>One moment for the whole page.</summary>
    protected DateTimeOffset Now { get; private set; }

    /// <inheritdoc/>
    protected sealed override async Task OnParametersSetAsync()
    {
        Now = Time.GetUtcNow();
        try
        {
            await LoadAsync(Http?.RequestAborted ?? CancellationToken.None);
        }
        catch (ServiceException e) when (e.Status == 401)
        {
            Navigation.NavigateTo(IsVisitor ? SignIn.Url(Http) : "/login?ended=1");
        }
        catch (ServiceException e)
        {
            Trouble = e;
            // Not before the page is made: the framework sends nothing of a page that is already known not to be found.
            Http?.Response.OnStarting(() =>
            {
                Http.Response.StatusCode = e.Status is 400 or 403 or 404 ? e.Status : 502;
                return Task.CompletedTask;
            });
        }
    }

    /// <summary>What a form asked for and a service refused, in its words; null for nothing.</summary>
    protected string? Refusal => Http is null ? null : Http.RequestServices.GetRequiredService<Refusals>().Read(Http);

    /// <summary>Of a value in the page's address.</summary>
    /// <exception cref="ServiceException">It is not what it should be.</exception>
    protected static long? Number(string name, string? value)
        => string.IsNullOrEmpty(value) ? null
            : long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw new ServiceException("console", 400, $"The address says {name}={value}, which is no number.");

    /// <inheritdoc cref="Number"/>
    protected static bool Flag(string name, string? value) => value switch
    {
        null or "" or "false" => false,
        "true" => true,
        _ => throw new ServiceException("console", 400, $"The address says {name}={value}; it may be true or false."),
    };

    /// <summary>Asks for what the page shows.</summary>
    protected abstract Task LoadAsync(CancellationToken ct);

    /// <summary>Not signed in.</summary>
    protected bool IsVisitor => Http?.User.Identity is not { IsAuthenticated: true };

    /// <summary>What a part of the page is made of; null when its service refuses or is silent: the rest is as good without it.</summary>
    protected Task<T?> PartAsync<T>(Task<T> asked)
        where T : class
        => Clients.OrNothingAsync(asked, e => e.Status == 401 && !IsVisitor);

    /// <summary>
    /// Seconds after which a page that shows these builds asks again by itself; null for never. Visitors get no news, so theirs does while
    /// something is under way.
    /// </summary>
    protected int? AsksAgain(params IEnumerable<Build?> builds)
        => IsVisitor && builds.Any(static b => b?.State is "queued" or "running") ? 15 : null;

    /// <summary>Whether a button makes sense for who is signed in; the services decide themselves.</summary>
    protected bool May(string scope) => Http is not null && Access.Session.May(Http.User, scope);
}
