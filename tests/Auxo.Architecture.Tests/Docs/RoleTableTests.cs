using System.Text.RegularExpressions;

using Auxo.ServiceDefaults.Access;

namespace Auxo.Architecture.Tests.Docs;

/// <summary>What the page says that people may is what they may.</summary>
public sealed partial class RoleTableTests
{
    [Fact]
    public void the_page_names_every_role_with_its_scopes()
    {
        var page = Row().Matches(Solution.Read("docs/console.md"))
            .ToDictionary(static row => row.Groups["role"].Value, static row => Scopes(row.Groups["may"].Value), StringComparer.Ordinal);
        Assert.Equal(Roles.All, page.Keys);
        Assert.Equal(Roles.ScopesOf("viewer"), page["viewer"]);
        Assert.Equal(Roles.ScopesOf("developer"), page["viewer"].Concat(page["developer"]));
        Assert.Equal(Roles.ScopesOf("admin"), page["admin"]);
    }

    private static IReadOnlyList<string> Scopes(string text) => [.. Scope().Matches(text).Select(static m => m.Groups["scope"].Value)];

    [GeneratedRegex(
        @"^\| (?<role>viewer|developer|admin) \| (?<may>.*) \|$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Row();

    [GeneratedRegex("`(?<scope>[a-z:]+)`", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Scope();
}
