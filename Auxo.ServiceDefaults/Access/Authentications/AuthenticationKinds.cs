namespace Auxo.ServiceDefaults.Access.Authentications;

/// <summary>With what somebody tries to get in. These words are stored.</summary>
public static class AuthenticationKinds
{
    /// <summary>A token as <c>Authorization: Bearer</c>, which is how npm sends its <c>_authToken</c> too.</summary>
    public const string Bearer = "bearer";

    /// <summary>A token as the password of Basic: pip, twine, docker.</summary>
    public const string Basic = "basic";

    /// <summary><c>X-NuGet-ApiKey</c>.</summary>
    public const string NuGetKey = "nuget_key";

    /// <summary>The signed token of a build's steps.</summary>
    public const string Build = "build";

    /// <summary>Name and password of a person, to start a session.</summary>
    public const string Password = "password";

    /// <summary>A challenge signed by a Radicle key, to start a session.</summary>
    public const string Key = "key";

    /// <summary>A token given as the password of <c>npm login</c>.</summary>
    public const string Npm = "npm_login";

    /// <summary>Name and password, checked by an LDAP server.</summary>
    public const string Ldap = "ldap";

    /// <summary>A token of an OpenID Connect provider.</summary>
    public const string Oidc = "oidc";
}

/// <summary>Why somebody was refused. These words are stored; a caller hears less.</summary>
public static class Refusals
{
    /// <summary>The header cannot be read.</summary>
    public const string Malformed = "malformed";

    /// <summary>A browser sent a password along with the request of another site's page.</summary>
    public const string OfAPage = "of_a_page";

    /// <summary>No token is like this; it becomes <see cref="Revoked"/> or <see cref="Expired"/> when there was one.</summary>
    public const string UnknownToken = "unknown_token";

    /// <summary>The token was ended by hand.</summary>
    public const string Revoked = "revoked";

    /// <summary>The token is over.</summary>
    public const string Expired = "expired";

    /// <summary>Signed with another key, changed, over, or not shown by a step of that build.</summary>
    public const string BuildToken = "build_token";

    /// <summary>The password is wrong; it becomes <see cref="UnknownName"/> when nobody has the name.</summary>
    public const string WrongPassword = "wrong_password";

    /// <summary>Nobody has this name; it is not written down, since people type passwords there.</summary>
    public const string UnknownName = "unknown_name";

    /// <summary>Too many wrong tries came before it, so that nothing was compared.</summary>
    public const string TooManyTries = "too_many_tries";

    /// <summary>The challenge was used or is over, or the signature is none over it.</summary>
    public const string WrongSignature = "wrong_signature";

    /// <summary>No person has this key.</summary>
    public const string UnknownKey = "unknown_key";

    /// <summary>The name of somebody of a directory is that of an account or person here.</summary>
    public const string NameTaken = "name_taken";

    /// <summary>The token is of another issuer.</summary>
    public const string WrongIssuer = "wrong_issuer";

    /// <summary>The token is of the provider, but for another program.</summary>
    public const string WrongAudience = "wrong_audience";

    /// <summary>The provider does not take the code with which a browser came back.</summary>
    public const string WrongCode = "wrong_code";

    /// <summary>In no group that may do anything here.</summary>
    public const string NoGroup = "no_group";

    /// <summary>The directory or the provider could not be asked.</summary>
    public const string AuthorityAway = "authority_away";

    /// <summary>Why nobody was let in when an authority threw this.</summary>
    public static string Of(AuxoException exception) => exception.Status == 429 ? TooManyTries : AuthorityAway;
}
