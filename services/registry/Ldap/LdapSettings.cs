using System.Globalization;
using System.Security.Cryptography.X509Certificates;

using Auxo.Registry.Identities;

namespace Auxo.Registry.Ldap;

/// <summary>How people are looked up in an LDAP directory.</summary>
internal sealed record LdapSettings
{
    /// <summary>Where the name stands in <see cref="UserDn"/>.</summary>
    public const string NameHole = "{name}";

    /// <summary><c>ldaps://host</c> or <c>ldap://host</c>.</summary>
    public required Uri Url { get; init; }

    /// <summary>Whether TLS is begun on a connection of <c>ldap</c>.</summary>
    public required bool StartTls { get; init; }

    /// <summary>The certificates that are trusted; null for those of this machine.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>As whom a person is bound, with <c>{name}</c> in it; null where she is searched for.</summary>
    public string? UserDn { get; init; }

    /// <summary>Under which place people are searched for.</summary>
    public string? UserBase { get; init; }

    /// <summary>The attribute that has the name: <c>uid</c>, or <c>sAMAccountName</c>.</summary>
    public required string UserAttribute { get; init; }

    /// <summary>As whom people and groups are searched for; null as the person herself.</summary>
    public string? BindDn { get; init; }

    /// <summary>Its password; empty where <see cref="BindDn"/> is null.</summary>
    public required string BindPassword { get; init; }

    /// <summary>Under which place groups are searched for.</summary>
    public required string GroupBase { get; init; }

    /// <summary>What who may.</summary>
    public required GroupScopes Groups { get; init; }

    /// <summary>How long an answer of the server is believed.</summary>
    public required TimeSpan Cache { get; init; }

    /// <summary>Reads them; null where no server is set.</summary>
    /// <exception cref="FormatException">Something is missing or wrong; the message names the variable.</exception>
    public static LdapSettings? From(IConfiguration configuration)
    {
        string? Value(string name) => configuration[$"Auxo:Ldap:{name}"] is { Length: > 0 } text ? text : null;
        FormatException Wrong(string name, string what) => new($"Auxo__Ldap__{name} {what}");
        if (Value("Url") is not { } given) return null;
        if (!Uri.TryCreate(given, UriKind.Absolute, out var url) || url.Scheme is not ("ldap" or "ldaps") || url.Host.Length == 0)
            throw Wrong("Url", $"is '{given}'; it is an address such as ldaps://ldap.example.org or ldap://ldap.example.org:389.");
        var startTls = url.Scheme == "ldap" && Value("StartTls") is not "off";
        if (url.Scheme == "ldap" && !startTls && !url.IsLoopback)
            throw Wrong("StartTls", "is off, but passwords would go to another machine unencrypted. Leave it out, or use ldaps://.");
        if (Value("UserDn") is null == Value("UserBase") is null)
            throw Wrong("UserDn", "or Auxo__Ldap__UserBase says who people are: one of both is needed.");
        if (Value("UserDn") is { } dn && !dn.Contains(NameHole, StringComparison.Ordinal))
            throw Wrong("UserDn", $"has no {NameHole}, such as uid={NameHole},ou=people,dc=example,dc=org.");
        if (Value("BindDn") is null != Value("BindPasswordFile") is null)
            throw Wrong("BindDn", "and Auxo__Ldap__BindPasswordFile are needed together.");
        if (Value("UserBase") is not null && Value("BindDn") is null)
            throw Wrong("UserBase", "needs Auxo__Ldap__BindDn: somebody who may search.");
        var seconds = Value("CacheSeconds") ?? "60";
        if (!int.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var cache) || cache > 3600)
            throw Wrong("CacheSeconds", $"is '{seconds}'; it is a number from 0 to 3600.");
        return new LdapSettings
        {
            Url = url, StartTls = startTls, UserDn = Value("UserDn"), UserBase = Value("UserBase"),
            UserAttribute = Value("UserAttribute") ?? "uid", BindDn = Value("BindDn"),
            BindPassword = Value("BindPasswordFile") is { } file
                ? SettingFiles.Text(file, "Auxo__Ldap__BindPasswordFile").TrimEnd('\r', '\n') : "",
            GroupBase = Value("GroupBase") ?? throw Wrong("GroupBase", "is missing, such as ou=groups,dc=example,dc=org."),
            Groups = GroupScopes.Parse(Value("Groups"), "Auxo__Ldap__Groups"), Cache = TimeSpan.FromSeconds(cache),
            Authorities = Value("CaFile") is { } ca ? SettingFiles.Certificates(ca, "Auxo__Ldap__CaFile") : null,
        };
    }
}
