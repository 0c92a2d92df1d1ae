using System.Text.RegularExpressions;

namespace Auxo.Registry.Tokens;

/// <summary>Which scopes there are.</summary>
public static partial class TokenScopes
{
    /// <summary>
    /// What is wrong with the scopes of a new token, as a sentence; null when nothing is. A misspelt scope would be a token
    /// that opens nothing.
    /// </summary>
    public static string? Refuse(IReadOnlyList<string>? scopes)
    {
        if (scopes is not { Count: > 0 }) return "A token needs at least one scope, such as registry:read.";
        if (scopes.Count > 50) return "A token has at most 50 scopes.";
        foreach (var scope in scopes)
        {
            if (scope == ServiceDefaults.Access.AccessToken.Admin) continue;
            if (scope is null || !Form().IsMatch(scope)
                || !KnownServices.Names.Contains(scope[..scope.IndexOf(':', StringComparison.Ordinal)], StringComparer.Ordinal))
                return $"'{scope?[..Math.Min(scope.Length, 80)]}' is no scope. There are admin, "
                    + $"{string.Join(", ", KnownServices.Names.Select(static s => s + ":read"))}, …:write, "
                    + "registry:manage, notify:send, metrics:report, "
                    + "tokens of one repository (registry:read:NAME, registry:write:NAME) or of some of its packages "
                    + "(registry:write:NAME/PATTERN), and of one runner (pipeline:runner:NAME).";
        }

        return null;
    }

    [GeneratedRegex("^([a-z]+:(read|write|manage)|notify:send|metrics:report|pipeline:runner:[a-z][a-z0-9._-]{0,39}"
        + "|registry:(read|write):[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?(/[!-~]{1,214})?)\\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
