using System.Text.RegularExpressions;

using Auxo.Radicle;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Registry.People;

/// <summary>What a person may be like; each rule gives what is wrong as a problem, null when nothing is.</summary>
internal static partial class PersonRules
{
    private const int ShortestPassword = 12;
    private const int LongestPassword = 256;
    private const int MostKeys = 20;

    /// <summary>Names that would be taken for somebody else: Auxo's own accounts, and words of the API.</summary>
    private static readonly string[] Reserved = ["admin", "registry", "self", "unknown", .. KnownServices.Names];

    /// <summary>As it is written and typed: small letters only, so that no two people differ by a capital.</summary>
    public static ProblemHttpResult? RefuseName(string? name)
        => name is null || !Name().IsMatch(name)
            ? AuxoProblem.BadRequest(
                "person/invalid-name",
                "'name' is what the person signs in with: 1 to 40 small letters, digits and . _ -, beginning with a letter or digit.")
            : IsReserved(name)
                ? AuxoProblem.Conflict("person/reserved-name", $"'{name}' is a name of Auxo's own. Choose another one.")
                : null;

    /// <summary>Whether it would be taken for Auxo itself.</summary>
    public static bool IsReserved(string name) => Reserved.Contains(name, StringComparer.Ordinal);

    public static ProblemHttpResult? RefuseRole(string? role)
        => role is not null && Roles.All.Contains(role, StringComparer.Ordinal)
            ? null
            : AuxoProblem.BadRequest("person/invalid-role", $"'role' is one of {string.Join(", ", Roles.All)}.");

    public static ProblemHttpResult? RefusePassword(string password, string name)
        => password.Length is < ShortestPassword or > LongestPassword
            ? AuxoProblem.BadRequest(
                "person/invalid-password",
                $"A password has {ShortestPassword} to {LongestPassword} characters; several words are better than signs.")
            : password.Contains(name, StringComparison.OrdinalIgnoreCase) && password.Length < name.Length + ShortestPassword
                || password.Distinct().Count() < 4
                ? AuxoProblem.BadRequest("person/invalid-password", "This password is guessed at once. Take several words.")
                : null;

    public static ProblemHttpResult? RefuseKeys(IReadOnlyList<string> keys)
    {
        if (keys.Count > MostKeys) return AuxoProblem.BadRequest("person/invalid-key", $"A person has at most {MostKeys} keys.");
        var wrong = keys.FirstOrDefault(static k => !Did.TryParse(k, null, out var did) || did.Value != k || !RadicleKey.IsKey(did));
        return wrong is null && !keys.Contains(null!)
            ? null
            : AuxoProblem.BadRequest(
                "person/invalid-key",
                $"'{wrong?[..Math.Min(wrong.Length, 80)]}' is no ed25519 key such as did:key:z6Mk…; 'rad self --did' shows yours.");
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9._-]{0,39}\\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Name();
}
