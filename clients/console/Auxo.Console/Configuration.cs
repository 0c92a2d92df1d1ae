using Auxo.Console.Access;
using Auxo.Console.Builds;
using Auxo.Console.Description;
using Auxo.Console.Layout;
using Auxo.Console.Live;
using Auxo.Console.Messages;
using Auxo.Console.Notifications;
using Auxo.Console.Parts;
using Auxo.Console.Registry;
using Auxo.Console.Repositories;
using Auxo.Console.Schedules;
using Auxo.Console.Search;
using Auxo.Console.Serving;
using Auxo.Console.Sharing;
using Auxo.Contracts;
using Auxo.Instances;

using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting.StaticWebAssets;

namespace Auxo.Console;

/// <summary>What the console consists of.</summary>
internal static class Configuration
{
    /// <summary>The policy of every page: somebody is signed in. What the token may see, the services say.</summary>
    public const string SignedIn = "signed in";

    /// <summary>How long a page waits for a service: it is as good without a part that hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Adds pages, sign-in and the clients of the services.</summary>
    public static void AddConsole(this WebApplicationBuilder builder)
    {
        var (services, configuration) = (builder.Services, builder.Configuration);
        if ((configuration["ASPNETCORE_URLS"] ?? configuration["urls"]) is not { Length: > 0 } urls)
            builder.WebHost.UseUrls(urls = $"http://127.0.0.1:{KnownServices.ConsolePort}");
        services.AddHostedService<RightSettings>();
        builder.AddTls(urls);
        builder.AddTrustedProxies();
        // It runs where it was built; the files of the pages lie where they were written.
        StaticWebAssetsLoader.UseStaticWebAssets(builder.Environment, configuration);
        services.AddRazorComponents();
        services.AddHttpContextAccessor();
        services.AddCascadingValue(static provider => provider.GetRequiredService<IHttpContextAccessor>().HttpContext);
        services.AddScoped<Clients>();
        services.AddSingleton<LoginLinks>();
        services.AddSingleton(static p => PublicAddress.From(p.GetRequiredService<IConfiguration>()));
        services.AddSingleton<KnownHolders>();
        services.AddSingleton<Refusals>();
        // Before the one that answers everybody with JSON.
        services.Insert(0, ServiceDescriptor.Singleton<IProblemDetailsWriter, ProblemPages>());
        foreach (var name in KnownServices.Names)
        {
            // A console away from its services is told where they are.
            var address = new Uri(configuration[$"Auxo:Console:Services:{name}"] ?? $"http://{name}/");
            foreach (var (client, patience) in ((string, TimeSpan?)[])[(name, Patience), (Clients.Streams(name), null)])
            {
                services.AddHttpClient(client, http => (http.BaseAddress, http.Timeout) = (address, Timeout.InfiniteTimeSpan))
                    .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler
                    {
                        UseProxy = false, AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = Patience,
                    })
                    .AddHttpMessageHandler(() => new Explaining(name, patience));
            }
        }

        var layout = InstanceLayout.Locate(name => configuration[name]);
        // The keys lie in a folder that only their owner can walk into; that they are readable there is no news.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        services.AddDataProtection().SetApplicationName("auxo console")
            .PersistKeysToFileSystem(new DirectoryInfo(layout.ConsoleKeys));
        new AuthenticationBuilder(services).AddCookie(Session.Scheme, static cookie =>
        {
            (cookie.LoginPath, cookie.LogoutPath, cookie.ReturnUrlParameter) = ("/login", "/logout", "ReturnUrl");
            (cookie.Cookie.Name, cookie.Cookie.HttpOnly, cookie.Cookie.SameSite) = ("auxo_session", true, SameSiteMode.Lax);
            cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            cookie.Events.OnValidatePrincipal = static context
                => context.HttpContext.RequestServices.GetRequiredService<KnownHolders>().CheckAsync(context);
            cookie.Events.OnRedirectToLogin = KnownHolders.SayingWhy(cookie.Events.OnRedirectToLogin);
        });
        var signedIn = new AuthorizationPolicyBuilder(Session.Scheme).RequireAuthenticatedUser().Build();
        services.AddAuthorizationBuilder().AddPolicy(SignedIn, signedIn).SetFallbackPolicy(signedIn);
        services.AddAntiforgery(static forgery =>
        {
            (forgery.Cookie.Name, forgery.Cookie.SameSite) = ("auxo_forms", SameSiteMode.Strict);
            forgery.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            // Its own header would be weaker than ours.
            forgery.SuppressXFrameOptionsHeader = true;
        });
        services.AddHostFiltering(filter => (filter.AllowedHosts, filter.AllowEmptyHosts)
            = (ServiceDefaults.Access.ConsoleHosts.Of(configuration), false));
    }

    /// <summary>What comes before every answer.</summary>
    public static void UseConsole(this WebApplication app)
    {
        app.UseTrustedProxies();
        app.UseTls();
        app.UseHostFiltering();
        app.UseSecurityHeaders();
    }

    /// <summary>Maps its pages.</summary>
    public static void MapConsole(this WebApplication app)
    {
        app.UseAntiforgery();
        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorComponents<Document>();
        SignIn.Map(app);
        KeySignIn.Map(app);
        ProviderSignIn.Map(app);
        ReadLog.Map(app);
        ActOnBuild.Map(app);
        ActOnSchedule.Map(app);
        FollowLive.Map(app);
        ReplayMessage.Map(app);
        TestChannel.Map(app);
        ReplayDelivery.Map(app);
        DownloadFile.Map(app);
        OpenPage.Map(app);
        PublishRepository.Map(app);
        GetBadge.Map(app);
        GetFeed.Map(app);
        DiagnoseConsole.Map(app);
        AnswerAsk.Map(app);
        SuggestFound.Map(app);
        GetDescription.Map(app);
    }
}
