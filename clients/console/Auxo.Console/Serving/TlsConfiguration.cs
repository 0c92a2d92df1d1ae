using System.Net;

using Auxo.Console.Access;

namespace Auxo.Console.Serving;

/// <summary>TLS by given files. Programs of this machine, such as the command line, still reach the plain port.</summary>
internal static class TlsConfiguration
{
    private const string StrictTransport = "max-age=31536000";

    /// <summary>Listens on one more port where there is a certificate.</summary>
    /// <param name="builder">The console's.</param>
    /// <param name="urls">Where it listens without.</param>
    public static void AddTls(this WebApplicationBuilder builder, string urls)
    {
        // Whether the settings make sense is said when it starts, on one line.
        if (builder.Configuration["Auxo:Console:Tls:Certificate"] is not { Length: > 0 }
            && builder.Configuration["Auxo:Console:Tls:Key"] is not { Length: > 0 }) return;
        builder.Services.AddSingleton(static p => TlsSettings.From(p.GetRequiredService<IConfiguration>())!);
        builder.Services.AddSingleton<TlsCertificate>();
        builder.WebHost.UseKestrelHttpsConfiguration();
        var host = Uri.TryCreate(urls.Split(';')[0], UriKind.Absolute, out var first) ? first.Host : "127.0.0.1";
        var port = builder.Configuration["Auxo:Console:Tls:Port"] is { Length: > 0 } given ? given : "8443";
        builder.WebHost.UseUrls($"{urls};https://{host}:{port}");
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.ConfigureHttpsDefaults(https =>
        {
            var certificate = kestrel.ApplicationServices.GetRequiredService<TlsCertificate>();
            _ = certificate.Context;
            // The framework asks for one; which it is, is said with the ones between it and its authority.
            https.ServerCertificateSelector = static (_, _) => null;
            https.OnAuthenticate = (_, ssl) => (ssl.ServerCertificateSelectionCallback, ssl.ServerCertificateContext)
                = (null, certificate.Context);
        }));
    }

    /// <summary>Browsers of other machines are led to TLS where there is a certificate, and come back by TLS only.</summary>
    public static void UseTls(this IApplicationBuilder app) => app.Use(next =>
    {
        // While it starts: a setting that is wrong is said on one line then.
        var settings = app.ApplicationServices.GetService<TlsSettings>();
        var address = app.ApplicationServices.GetRequiredService<PublicAddress>();
        return http =>
        {
            if (http.Request.IsHttps) http.Response.Headers.StrictTransportSecurity = StrictTransport;
            else if (settings is not null && !IsOfThisMachine(http.Connection))
            {
                http.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
                http.Response.Headers.Location = SecureAddress(address, http.Request.Host, settings.Port)
                    + http.Request.Path.ToUriComponent() + http.Request.QueryString.ToUriComponent();
                return Task.CompletedTask;
            }

            return next(http);
        };
    });

    /// <summary>Where it is reached by TLS. A public address without would lead back to where the browser was.</summary>
    internal static string SecureAddress(PublicAddress address, HostString asked, int port)
        => address.Url is { } url && url.StartsWith("https:", StringComparison.Ordinal) ? url : $"https://{asked.Host}:{port}";

    private static bool IsOfThisMachine(ConnectionInfo connection)
        => connection.RemoteIpAddress is not { } remote || IPAddress.IsLoopback(remote) || remote.Equals(connection.LocalIpAddress);
}
