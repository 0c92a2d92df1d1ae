using Microsoft.AspNetCore.Http;

namespace Auxo.ServiceDefaults.Access.Outside;

/// <summary>
/// Somebody else who says who a caller is: a directory of people, or a provider of identities. A service that has none believes only
/// Auxo's own tokens.
/// </summary>
public interface IOutsideAuthority
{
    /// <summary>Whether these are credentials of its kind; everything else is looked up among Auxo's tokens.</summary>
    /// <param name="user">The user of Basic; null for Bearer.</param>
    /// <param name="secret">The password, or the token.</param>
    bool Knows(string? user, string secret);

    /// <summary>Who that is.</summary>
    /// <exception cref="AuxoException">It cannot be asked, or too many wrong tries came before: nobody is let in.</exception>
    ValueTask<OutsideAnswer> AskAsync(HttpContext http, string? user, string secret, CancellationToken ct);
}

/// <summary>What it says.</summary>
/// <param name="Kind">How the log of authentications calls it.</param>
/// <param name="Access">What that person may; null for nobody.</param>
/// <param name="Refusal">Why nobody: one of <see cref="Authentications.Refusals"/>.</param>
/// <param name="Name">Who it would have been, where the authority knows it.</param>
public readonly record struct OutsideAnswer(string Kind, AccessToken? Access, string? Refusal = null, string? Name = null);
