using Auxo.ServiceDefaults.Access.Authentications;
using Auxo.ServiceDefaults.Access.Outside;

namespace Auxo.Registry.Identities;

/// <summary>
/// Changes a name and password of a directory, or the token of another issuer, for a short token of Auxo's own: clients of images show
/// what they got here with each of their steps.
/// </summary>
internal sealed class OutsideExchange(IEnumerable<IOutsideAuthority> authorities, OutsideSessions sessions)
{
    /// <summary>The token; what was shown, where it is of no directory; null when she is not let in.</summary>
    /// <param name="http">The request.</param>
    /// <param name="user">The user name.</param>
    /// <param name="secret">The password or token.</param>
    /// <param name="log">Where it is written down; null where it came in a header, which was looked at already.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<string?> ChangeAsync(HttpContext http, string? user, string secret, AuthenticationLog? log, CancellationToken ct)
    {
        if (authorities.FirstOrDefault(a => a.Knows(user, secret)) is not { } authority) return secret;
        // A header may have come from a page of another site, and was refused for that.
        if (log is null && http.User.Identity is not { IsAuthenticated: true }) return null;
        OutsideAnswer answer;
        try
        {
            answer = await authority.AskAsync(http, user, secret, ct);
        }
        catch (AuxoException e)
        {
            log?.Refused(http, AuthenticationKinds.Basic, Refusals.Of(e), user);
            throw;
        }

        if (answer.Access is not { Role: { } directory } access)
        {
            log?.Refused(http, answer.Kind, answer.Refusal!, answer.Name);
            return null;
        }

        log?.Accepted(http, answer.Kind, access.Name, token: null);
        return (await sessions.ShortAsync(new OutsidePerson(access.Name, directory, access.Scopes), ct))?.Text;
    }
}
