using Auxo.Registry.Tokens;
using Auxo.ServiceDefaults.Access;

namespace Auxo.Registry.Identities;

/// <summary>
/// What the groups of an LDAP directory or of an identity provider may here:
/// <c>auxo-admins=admin; developers=developer; web=registry:read registry:write:npm/@web/*; *=viewer</c>. A role stands for its scopes; the
/// group <c>*</c> is everybody.
/// </summary>
public sealed class GroupScopes
{
    private const string Everybody = "*";

    private readonly ILookup<string, string> _scopes;

    private GroupScopes(ILookup<string, string> scopes) => _scopes = scopes;

    /// <summary>Reads the setting.</summary>
    /// <param name="text">Its value.</param>
    /// <param name="variable">Its name, for messages.</param>
    /// <exception cref="FormatException">It cannot be read; the message says which part, and how it is written.</exception>
    public static GroupScopes Parse(string? text, string variable)
    {
        var pairs = new List<(string Group, string Scope)>();
        foreach (var part in (text ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            // From the end: a distinguished name has such signs too, and a scope has none.
            if (part.LastIndexOf('=') is not (> 0 and var end))
                throw new FormatException($"{variable}: '{part}' is not GROUP=ROLE or GROUP=SCOPE SCOPE.");
            string[] scopes = [.. part[(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .SelectMany(static word => Roles.ScopesOf(word) is { Count: > 0 } role ? role : [word])];
            if (TokenScopes.Refuse(scopes) is { } wrong) throw new FormatException($"{variable}: '{part}': {wrong}");
            pairs.AddRange(scopes.Select(scope => (Normal(part[..end]), scope)));
        }

        if (pairs.Count == 0) throw new FormatException(
            $"{variable} is empty, so that nobody could get in. Say what which group may, such as: developers=developer; *=viewer");
        return new GroupScopes(pairs.ToLookup(static p => p.Group, static p => p.Scope, StringComparer.Ordinal));
    }

    /// <summary>What somebody in these groups may, in order; nothing for who is in none that is named.</summary>
    /// <param name="groups">Names, or distinguished names.</param>
    public IReadOnlyList<string> Of(IEnumerable<string> groups)
    {
        string[] found = [.. groups.SelectMany(static g => Names(g)).Append(Everybody).Distinct(StringComparer.Ordinal)
            .SelectMany(group => _scopes[group]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return found.Contains(AccessToken.Admin, StringComparer.Ordinal) ? [AccessToken.Admin] : found;
    }

    private static IEnumerable<string> Names(string group)
    {
        var normal = Normal(group);
        // Nobody may be in the group of everybody by its name.
        return normal == Everybody ? [] : [normal];
    }

    /// <summary>Without regard to capital letters and to spaces around commas.</summary>
    private static string Normal(string group)
        => string.Join(',', group.Split(',', StringSplitOptions.TrimEntries)).Trim().ToLowerInvariant();
}
