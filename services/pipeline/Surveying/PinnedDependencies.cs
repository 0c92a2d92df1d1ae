using System.Text.RegularExpressions;

using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Surveying;

/// <summary>
/// Whether a tree says exactly what it uses: a lock file beside each manifest or above it (workspaces have one), an exact version
/// in each line of <c>requirements.txt</c>, a digest at each image of a Dockerfile.
/// </summary>
internal static class PinnedDependencies
{
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant;

    /// <summary>Nobody has so many by hand.</summary>
    private const int Most = 500;

    private static readonly Dictionary<string, string[]> Locks = new(StringComparer.Ordinal)
    {
        ["package.json"] =
            ["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb"],
        ["pyproject.toml"] = ["poetry.lock", "uv.lock", "pdm.lock", "pylock.toml", "requirements.txt", "Pipfile.lock"],
        ["Pipfile"] = ["Pipfile.lock"],
        ["Cargo.toml"] = ["Cargo.lock"],
        ["go.mod"] = ["go.sum"],
        ["Gemfile"] = ["Gemfile.lock"],
        ["composer.json"] = ["composer.lock"],
        ["mix.exs"] = ["mix.lock"],
    };

    /// <summary>Code of others, which somebody has copied into the tree.</summary>
    internal static readonly PathPatterns OfOthers = PathPatterns.Of(
        ["node_modules/", "**/node_modules/**", "vendor/", "**/vendor/**", "third_party/", "**/third_party/**"]);

    private static readonly Regex From = new(
        @"^\s*FROM\s+(--platform=\S+\s+)?(?<image>\S+)(\s+AS\s+(?<name>\S+))?\s*\z", Linear | RegexOptions.IgnoreCase);

    private static readonly Regex NamesPackages = new(
        @"""(dependencies|devDependencies|optionalDependencies)""\s*:\s*\{\s*""", Linear);

    private static readonly Regex CargoNames = new(@"^\s*\[([^\]]*\.)?(dev-|build-)?dependencies", Linear | RegexOptions.Multiline);

    private static readonly Regex GoNames = new(@"^\s*require\b", Linear | RegexOptions.Multiline);

    /// <summary>Looks at the manifests and Dockerfiles of a tree.</summary>
    public static async Task<DependencySurvey> ReadAsync(SourceTree tree, CancellationToken ct)
    {
        var (declared, pinned, loose) = (0, 0, (string?)null);
        foreach (var entry in tree.Entries.Where(static entry => entry.IsFile && !OfOthers.Match(entry.Name)))
        {
            if (Kind(entry.Name) is not { } kind) continue;
            if (declared == Most) break;
            var text = await tree.ReadDecodedAsync(entry, ct);
            if (text is null || Judge(kind, entry.Name, text, tree.Paths) is not { } exact) continue;
            declared++;
            if (exact) pinned++;
            else loose ??= entry.Name;
        }

        return new DependencySurvey(declared, pinned, loose);
    }

    /// <summary>True when it is exact; null when it names nothing.</summary>
    internal static bool? Judge(string kind, string path, string text, IReadOnlySet<string> paths) => kind switch
    {
        "requirements.txt" => Requirements(text),
        "Dockerfile" => Images(text),
        "package.json" when !NamesPackages.IsMatch(text) => null,
        "Cargo.toml" when !CargoNames.IsMatch(text) => null,
        "go.mod" when !GoNames.IsMatch(text) => null,
        _ => HasLock(path, Locks[kind], paths),
    };

    private static string? Kind(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        if (Locks.ContainsKey(name) || name == "requirements.txt") return name;
        return name is "Dockerfile" or "Containerfile" || name.StartsWith("Dockerfile.", StringComparison.Ordinal)
            || name.EndsWith(".Dockerfile", StringComparison.Ordinal) ? "Dockerfile" : null;
    }

    private static bool HasLock(string path, string[] locks, IReadOnlySet<string> paths)
    {
        for (var folder = path; ;)
        {
            var slash = folder.LastIndexOf('/');
            folder = slash < 0 ? "" : folder[..slash];
            var at = folder.Length == 0 ? "" : folder + "/";
            if (locks.Any(name => paths.Contains(at + name))) return true;
            if (slash < 0) return false;
        }
    }

    private static bool? Requirements(string text)
    {
        bool? exact = null;
        foreach (var raw in text.AsSpan().EnumerateLines())
        {
            var line = raw.Trim();
            if (line.IsEmpty || line[0] is '#' or '-') continue;
            exact = line.Contains("==", StringComparison.Ordinal) || line.Contains("--hash", StringComparison.Ordinal)
                || line.Contains(" @ ", StringComparison.Ordinal);
            if (exact is false) return false;
        }

        return exact;
    }

    /// <summary>A stage that names an earlier one names nothing outside, and <c>scratch</c> is nothing.</summary>
    private static bool? Images(string text)
    {
        bool? exact = null;
        var stages = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "scratch" };
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.Length > 1000 || From.Match(line.ToString()) is not { Success: true } match) continue;
            var image = match.Groups["image"].Value;
            if (!stages.Contains(image))
            {
                if (!image.Contains("@sha256:", StringComparison.Ordinal)) return false;
                exact = true;
            }

            if (match.Groups["name"] is { Success: true } name) stages.Add(name.Value);
        }

        return exact;
    }
}
