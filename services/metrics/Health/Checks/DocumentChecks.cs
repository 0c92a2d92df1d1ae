namespace Auxo.Metrics.Health.Checks;

/// <summary>10 points: what people who come to a repository look for.</summary>
internal static class DocumentChecks
{
    private const HealthCategory Of10 = HealthCategory.Documentation;

    private static readonly (string Check, double Max)[] All =
        [("readme", 3), ("license", 2), ("contributing", 1), ("security-policy", 1), ("owners", 1), ("links", 2)];

    public static IEnumerable<CheckScore> Of(HealthFacts facts)
    {
        if (facts.Survey?.Tree.Documents is not { } seen)
        {
            return All.Select(static c
                => new CheckScore(c.Check, Of10, c.Max, null, "the default branch was not read yet", Unknown: true));
        }

        return
        [
            Has("readme", 3, seen.Readme, "README that says what this is and how to run it", ", or it says nothing"),
            Has("license", 2, seen.License, "LICENSE"),
            Has("contributing", 1, seen.Contributing, "CONTRIBUTING.md"),
            Has("security-policy", 1, seen.Security, "SECURITY.md that says whom to tell of a hole"),
            seen.Owners switch
            {
                OwnersFileState.Valid => new("owners", Of10, 1, 1, "CODEOWNERS says what it looks like"),
                OwnersFileState.Broken => new("owners", Of10, 1, 0, "CODEOWNERS has errors", "auxo owners lint"),
                _ => new("owners", Of10, 1, 0, "there is no CODEOWNERS", "auxo owners assign '*' @NAME"),
            },
            seen switch
            {
                { Pages: 0 } => new("links", Of10, 2, null, "there are no pages"),
                { DeadLinks: 0 } => new(
                    "links", Of10, 2, 2, $"every relative link of {Words.Count(seen.Pages, "page", "pages")} leads somewhere"),
                _ => new("links", Of10, 2, 0, Words.Count(seen.DeadLinks, "relative link leads nowhere", "relative links lead nowhere"),
                    $"mend {seen.FirstDeadLink}; 'auxo ci run' lists them all"),
            },
        ];
    }

    private static CheckScore Has(string check, double max, bool has, string what, string or = "")
    {
        var name = what.Split(' ', 2)[0];
        return has
            ? new(check, Of10, max, max, $"there is a {name}")
            : new(check, Of10, max, 0, $"there is no {name}{or}", $"write a {what}; 'auxo repo adopt' proposes one");
    }
}
