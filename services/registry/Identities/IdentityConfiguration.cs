using Auxo.Registry.Ldap;
using Auxo.Registry.Oidc;
using Auxo.ServiceDefaults.Access.Outside;
using Auxo.ServiceDefaults.Settings;

namespace Auxo.Registry.Identities;

/// <summary>Whom else the registry believes, where an operator has set it.</summary>
internal static class IdentityConfiguration
{
    /// <summary>What an operator may choose.</summary>
    public static readonly IReadOnlyList<KnownSetting> Known =
    [
        new("Auxo__Ldap__Url", "people", "the LDAP server that checks names and passwords", "none: Auxo's own people only"),
        new("Auxo__Ldap__StartTls", "people", "off: no TLS on a connection of ldap://, to this machine only", "on"),
        new("Auxo__Ldap__CaFile", "people", "certificates in PEM that the LDAP server's may be signed by", "those of this machine"),
        new("Auxo__Ldap__UserDn", "people", "as whom somebody is bound, with {name} in it", "people are searched for"),
        new("Auxo__Ldap__UserBase", "people", "under which place people are searched for", "none"),
        new("Auxo__Ldap__UserAttribute", "people", "the attribute that has the name", "uid"),
        new("Auxo__Ldap__BindDn", "people", "as whom people and groups are searched for", "as the person herself"),
        new("Auxo__Ldap__BindPasswordFile", "people", "the file with its password", "none"),
        new("Auxo__Ldap__GroupBase", "people", "under which place groups are searched for", "none"),
        new("Auxo__Ldap__Groups", "people", "what which group may: GROUP=ROLE; GROUP=SCOPE SCOPE; *=ROLE", "none"),
        new("Auxo__Ldap__CacheSeconds", "people", "how long an answer of the LDAP server is believed", "60"),
        new("Auxo__Oidc__Issuer", "people", "the OpenID Connect provider whose tokens are believed", "none"),
        new("Auxo__Oidc__Audience", "people", "for whom its tokens must be: the client's id there, and further ones", "none"),
        new("Auxo__Oidc__ClientSecretFile", "people", "the file with the client's secret", "none: a public client"),
        new("Auxo__Oidc__NameClaim", "people", "the claim that says what somebody is called", "preferred_username"),
        new("Auxo__Oidc__GroupsClaim", "people", "the claim that has the groups", "groups"),
        new("Auxo__Oidc__Groups", "people", "what which group may: GROUP=ROLE; GROUP=SCOPE SCOPE; *=ROLE", "none"),
        new("Auxo__Oidc__Scope", "people", "what is asked for when somebody signs in", "openid profile"),
        new("Auxo__Oidc__CaFile", "people", "certificates in PEM that the provider's may be signed by", "those of this machine"),
    ];

    /// <summary>Adds them.</summary>
    /// <exception cref="FormatException">A setting cannot be read.</exception>
    public static void AddOutsideAuthorities(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<OutsideSessions>();
        services.AddSingleton<OutsideExchange>();
        // Before LDAP: a token may be shown as a password, too.
        if (OidcSettings.From(configuration) is { } oidc) AddOidc(services, oidc);
        if (LdapSettings.From(configuration) is not { } ldap) return;
        services.AddSingleton(ldap);
        services.AddSingleton<LdapDirectory>();
        services.AddSingleton<LdapPasswords>();
        services.AddSingleton<IOutsideAuthority>(static p => p.GetRequiredService<LdapPasswords>());
    }

    private static void AddOidc(IServiceCollection services, OidcSettings oidc)
    {
        services.AddSingleton(oidc);
        services.AddSingleton<OidcProvider>();
        services.AddSingleton<OidcTokens>();
        services.AddSingleton<OidcCodes>();
        services.AddSingleton<IOutsideAuthority>(static p => p.GetRequiredService<OidcTokens>());
        services.AddHttpClient(OidcProvider.Client, static client =>
        {
            client.Timeout = TimeSpan.FromSeconds(15);
            client.MaxResponseContentBufferSize = 1 << 20;
        }).ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            SslOptions = { CertificateChainPolicy = oidc.Authorities is { } own ? SettingFiles.Trusting(own) : null },
        });
    }
}
