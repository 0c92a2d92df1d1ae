namespace Auxo.Console.Access;

/// <summary>Whose a token is and what it may.</summary>
/// <param name="Name">The account, or the person.</param>
/// <param name="Scopes">What it may; <c>admin</c> is everything.</param>
/// <param name="ExpiresAt">The first instant at which it is worth nothing; null for never.</param>
/// <param name="Role">The person's role; null for a token of a service account.</param>
internal sealed record TokenHolder(string Name, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt, string? Role = null)
{
    /// <summary>The holder of a token that was just made.</summary>
    public static TokenHolder Of(Token token) => new(token.Name, token.Scopes, token.ExpiresAt, token.Role);

    /// <summary>Asks the registry, which keeps the tokens; null for a token that is unknown, ended or expired.</summary>
    /// <exception cref="ServiceException">The registry does not answer.</exception>
    public static async Task<TokenHolder?> FindAsync(Clients clients, string token, CancellationToken ct)
    {
        using var registry = clients.Http("registry", token);
        try
        {
            return await registry.GetFromJsonAsync<TokenHolder>("tokens/self", ApiJson.Options, ct);
        }
        catch (ServiceException e) when (e.Status == 401)
        {
            return null;
        }
    }
}
