namespace Auxo.Metrics.Health.Checks;

/// <summary>2 points: what a repository uses is not old, beside the newest that mirrors know.</summary>
internal static class FreshCheck
{
    private const string Check = "dependencies-fresh";
    private const double Max = 2;

    /// <summary>The share of the known packages that are not a major version behind.</summary>
    public static CheckScore Of(HealthFacts facts) => facts.Uses switch
    {
        _ when facts.Survey?.Tree.Dependencies is { Declared: 0 } => new(
            Check, HealthCategory.Quality, Max, null, "it declares nothing that it uses"),
        null => Unknown("what it uses was not compared with what mirrors know lately"),
        { Files: 0 } => Unknown("no lock file that can be read says which versions it uses"),
        { Count: 0 } => new(Check, HealthCategory.Quality, Max, null, "its lock files name no package of npm, NuGet or PyPI"),
        { Known: 0 } uses => Unknown(
            $"no mirror knows {Words.Count(uses.Count, "package that it uses", "packages that it uses")}; 'auxo mirror prefetch' of its "
                + "lock file changes that"),
        { } uses => new(
            Check, HealthCategory.Quality, Max, Max * (uses.Known - uses.MajorBehind) / uses.Known, Says(uses),
            uses.MajorBehind > 0 ? Fix(uses) : null),
    };

    private static string Says(HealthEvent.Compared uses)
    {
        var behind = uses.MajorBehind switch { 0 => "none", var n => $"{n}" };
        var worst = uses.Oldest is [var old, ..] ? $", such as {old.Name} {old.Version} beside {old.NewestVersion}" : "";
        var rest = uses.Count > uses.Known ? $"; of {uses.Count - uses.Known} more no mirror knows the newest" : "";
        return $"{behind} of {Words.Count(uses.Known, "package", "packages")} {(uses.MajorBehind > 1 ? "are" : "is")} "
            + $"a major version behind{worst}{rest}";
    }

    /// <summary>
    /// The command of its own programs. Names come from a file that anybody may have written: what a shell takes for more than a word is
    /// in no command.
    /// </summary>
    private static string Fix(HealthEvent.Compared uses)
    {
        if (uses.Oldest is not [var worst, ..] || !IsWord(worst.Name) || !IsWord(worst.NewestVersion))
            return "bring what is a major version behind up to date";
        return worst.Ecosystem switch
        {
            "npm" => $"npm install {worst.Name}@{worst.NewestVersion}",
            "nuget" => $"dotnet add package {worst.Name} --version {worst.NewestVersion}",
            _ => $"ask for {worst.Name}>={worst.NewestVersion} in the manifest, and lock it anew",
        };
    }

    private static bool IsWord(string text)
        => text.Length > 0 && text[0] != '-'
            && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '@' or '/' or '+');

    private static CheckScore Unknown(string why) => new(Check, HealthCategory.Quality, Max, null, why, Unknown: true);
}
