namespace Auxo.Registry.Oci.Access;

/// <summary>
/// The token of nobody. Clients ask for a token before they pull, also where everybody may read, and send what they got. It opens what
/// no token opens: it is taken off before anybody looks at it.
/// </summary>
internal sealed class AnonymousToken : IStartupFilter
{
    public const string Text = "anonymous";
    private const string Header = $"Bearer {Text}";

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next)
        => app =>
        {
            app.Use(static (http, following) =>
            {
                if (OciErrorWriter.IsOci(http.Request.Path) && http.Request.Headers.Authorization == Header)
                    http.Request.Headers.Authorization = default;
                return following(http);
            });
            next(app);
        };
}
