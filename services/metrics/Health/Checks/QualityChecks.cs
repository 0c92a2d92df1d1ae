using System.Globalization;

namespace Auxo.Metrics.Health.Checks;

/// <summary>5 points: the code itself.</summary>
internal static class QualityChecks
{
    private const HealthCategory Of5 = HealthCategory.Quality;

    /// <summary>TODO or FIXME in a thousand lines.</summary>
    private const double MostTodos = 5;

    public static IEnumerable<CheckScore> Of(HealthFacts facts) =>
    [
        facts.Security?.LintErrors switch
        {
            null => new("lint", Of5, 2, null, "no build of the default branch has looked yet", Unknown: true),
            0 => new("lint", Of5, 2, 2, "no error of syntax or shell checks"),
            { } n => new("lint", Of5, 2, 0, Words.Count(n, "error of syntax or shell checks", "errors of syntax or shell checks"),
                $"auxo ci findings {facts.InCommands}"),
        },
        Todos(facts.Survey?.Tree),
        FreshCheck.Of(facts),
    ];

    private static CheckScore Todos(TreeSurvey? tree)
    {
        const string check = "todos";
        if (tree is null) return new(check, Of5, 1, null, "the default branch was not read yet", Unknown: true);
        if (tree.Lines == 0) return new(check, Of5, 1, null, "there is no source code");
        var perThousand = 1000.0 * tree.Todos / tree.Lines;
        var said = $"{tree.Todos} of {tree.Lines.ToString("N0", CultureInfo.InvariantCulture)} lines say TODO or FIXME";
        return perThousand <= MostTodos
            ? new(check, Of5, 1, 1, said)
            : new(check, Of5, 1, 0, said, "git grep -nwE 'TODO|FIXME'");
    }
}
