using System.Security.Cryptography.X509Certificates;

using Auxo.Registry.Identities;

namespace Auxo.Registry.Oidc;

/// <summary>Which OpenID Connect provider is believed.</summary>
internal sealed record OidcSettings
{
    /// <summary>Its address, exactly as its tokens write it.</summary>
    public required string Issuer { get; init; }

    /// <summary>For whom tokens must be: the client's id there, and further ones.</summary>
    public required IReadOnlyList<string> Audiences { get; init; }

    /// <summary>The client's id there, for people who sign in; the first of <see cref="Audiences"/>.</summary>
    public string Client => Audiences[0];

    /// <summary>The client's secret; null for a public client.</summary>
    public string? ClientSecret { get; init; }

    /// <summary>The claim that says what somebody is called here.</summary>
    public required string NameClaim { get; init; }

    /// <summary>The claim that has the groups.</summary>
    public required string GroupsClaim { get; init; }

    /// <summary>What is asked for when somebody signs in.</summary>
    public required string Scope { get; init; }

    /// <summary>What who may.</summary>
    public required GroupScopes Groups { get; init; }

    /// <summary>The certificates that are trusted; null for those of this machine.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>Reads them; null where no provider is set.</summary>
    /// <exception cref="FormatException">Something is missing or wrong; the message names the variable.</exception>
    public static OidcSettings? From(IConfiguration configuration)
    {
        string? Value(string name) => configuration[$"Auxo:Oidc:{name}"] is { Length: > 0 } text ? text : null;
        FormatException Wrong(string name, string what) => new($"Auxo__Oidc__{name} {what}");
        if (Value("Issuer") is not { } issuer) return null;
        if (!Uri.TryCreate(issuer, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http") || url.Query.Length > 0)
            throw Wrong("Issuer", $"is '{issuer}'; it is an address such as https://id.example.org/realms/team.");
        if (url.Scheme == "http" && !url.IsLoopback)
            throw Wrong("Issuer", "is an address without TLS, where anybody in between could give keys of his own. Use https://.");
        string[] audiences = [.. (Value("Audience") ?? "").Split(
            [',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
        if (audiences.Length == 0)
            throw Wrong("Audience", "is missing: the client's id there. Without it a token for any other program would open Auxo.");
        return new OidcSettings
        {
            Issuer = issuer, Audiences = audiences, NameClaim = Value("NameClaim") ?? "preferred_username",
            GroupsClaim = Value("GroupsClaim") ?? "groups", Scope = Value("Scope") ?? "openid profile",
            Groups = GroupScopes.Parse(Value("Groups"), "Auxo__Oidc__Groups"),
            ClientSecret = Value("ClientSecretFile") is { } file
                ? SettingFiles.Text(file, "Auxo__Oidc__ClientSecretFile").TrimEnd('\r', '\n') : null,
            Authorities = Value("CaFile") is { } ca ? SettingFiles.Certificates(ca, "Auxo__Oidc__CaFile") : null,
        };
    }
}
