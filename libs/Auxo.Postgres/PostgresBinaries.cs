namespace Auxo.Postgres;

/// <summary>Finds the PostgreSQL server programs: in PATH, then in Debian's and Homebrew's folders, newest version first.</summary>
public static class PostgresBinaries
{
    /// <summary>The folder that holds <c>initdb</c> and <c>postgres</c>, or null when no server is installed.</summary>
    public static string? Find()
    {
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            var initdb = Path.Combine(folder, "initdb");
            if (!File.Exists(initdb)) continue;
            // Debian-like wrappers in PATH are links into the version's own folder, where its siblings are.
            var real = File.ResolveLinkTarget(initdb, returnFinalTarget: true)?.FullName ?? initdb;
            var home = Path.GetDirectoryName(real)!;
            if (File.Exists(Path.Combine(home, "postgres"))) return home;
        }

        return Versions("/usr/lib/postgresql", "*", "bin")
            .Concat(Versions("/opt/homebrew/opt", "postgresql@*", "bin"))
            .Concat(Versions("/usr/local/opt", "postgresql@*", "bin"))
            .FirstOrDefault(home => File.Exists(Path.Combine(home, "initdb")) && File.Exists(Path.Combine(home, "postgres")));
    }

    private static IEnumerable<string> Versions(string parent, string pattern, string leaf)
        => Directory.Exists(parent)
            ? Directory.EnumerateDirectories(parent, pattern)
                .OrderByDescending(d => int.TryParse(Path.GetFileName(d).Split('@')[^1], out var v) ? v : 0)
                .Select(d => Path.Combine(d, leaf))
            : [];
}
