using System.Buffers;
using System.Text;

namespace Auxo.Pipeline.Checks;

/// <summary>
/// Check <c>secrets</c>: no keys and tokens in the tree. One vectorised pass over a file finds the lines that hold a keyword; only those meet the
/// patterns. The secret itself is never repeated in a finding or a log.
/// </summary>
public static class Secrets
{
    private static readonly SearchValues<string> Keywords = SearchValues.Create(
        [.. SecretRules.All.SelectMany(rule => rule.Keywords).Distinct(StringComparer.Ordinal)], StringComparison.OrdinalIgnoreCase);

    /// <summary>Generated, and full of hashes that are no secrets.</summary>
    private static readonly PathPatterns NotScanned = PathPatterns.Of(
        ["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "Cargo.lock", "poetry.lock", "uv.lock", "Pipfile.lock", "composer.lock",
            "Gemfile.lock", "go.sum", "packages.lock.json", "flake.lock", "mix.lock", "pubspec.lock", "*.min.js", "*.min.css", "*.map", "*.svg", "*.sum"]);

    private static readonly string[] Allowances = ["auxo:allow", "gitleaks:allow"];

    /// <summary>Words that say: this is where a secret would stand.</summary>
    private static readonly SearchValues<string> Placeholders = SearchValues.Create(
        ["example", "placeholder", "changeme", "change-me", "change_me", "your-", "your_", "yourkey", "xxxx", "****", "dummy", "sample", "insert", "redacted", "notasecret",
            "not-a-secret", "password", "secret", "foobar", "1234567890", "abcdefgh", "todo", "${", "$(", "{{", "<", "%s", "process.env", "os.environ", "getenv"],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>Longer lines (minified code, data) are looked at in windows around each keyword.</summary>
    private const int Window = 600;

    /// <summary>Scans every text file of the tree.</summary>
    public static async Task<CheckReport> RunAsync(SourceTree tree, CheckSettings settings, VerdictCache cache, CancellationToken ct)
    {
        const string ruling = "secrets";
        var ignored = PathPatterns.Of(settings.Ignore.GetValueOrDefault("secrets"));
        var observations = new List<Observation>();
        var notes = new List<string>();
        var (scanned, known, generated, leftOut) = (0, 0, 0, 0);
        foreach (var entry in tree.Entries)
        {
            if (!entry.IsFile) continue;
            if (NotScanned.Match(entry.Name))
            {
                generated++;
                continue;
            }

            if (ignored.Match(entry.Name))
            {
                notes.Add($"left out by the pipeline file: {PlainText.OneLine(entry.Name)}");
                continue;
            }

            if (cache.TryGet(entry.Oid, ruling, out var seen))
            {
                known++;
            }
            else if (await tree.ReadTextAsync(entry, ct) is { } content)
            {
                seen = [.. Scan(content.Span)];
                cache.Put(entry.Oid, ruling, seen);
                scanned++;
            }
            else
            {
                leftOut++;
                continue;
            }

            foreach (var observation in seen)
            {
                if (observation.Level == Allowed) notes.Add($"allowed by a comment: {observation.Rule} at {PlainText.OneLine(entry.Name)}:{observation.Line}");
                else observations.Add(observation with { Path = entry.Name });
            }
        }

        notes.Insert(0, $"{scanned} files scanned, {known} known from before, {generated} generated and {leftOut} binary or over 1 MiB left out; {SecretRules.All.Count} rules");
        return new CheckReport(observations, notes);
    }

    /// <summary>Marks what a comment in the line allows; it is told in the log and is no finding.</summary>
    public const string Allowed = "allowed";

    /// <summary>The secrets of one file, without its path.</summary>
    public static IReadOnlyList<Observation> Scan(ReadOnlySpan<byte> content)
    {
        // Latin-1 keeps one character per byte, whatever the bytes are, and every secret is ASCII.
        var rented = ArrayPool<char>.Shared.Rent(content.Length);
        try
        {
            var text = rented.AsSpan(0, content.Length);
            Encoding.Latin1.GetChars(content, text);
            return Scan(text);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(rented);
        }
    }

    private static List<Observation> Scan(ReadOnlySpan<char> text)
    {
        var found = new List<Observation>();
        if (text.IndexOfAny(Keywords) < 0) return found;
        // Which rules can speak at all is settled once a file, so that a line meets two or three of them instead of sixty.
        var active = new List<SecretRule>();
        foreach (var rule in SecretRules.All)
        {
            if (ContainsAny(text, rule.Keywords)) active.Add(rule);
        }

        var (position, line, counted) = (0, 1, 0);
        while (position < text.Length && text[position..].IndexOfAny(Keywords) is >= 0 and var hit)
        {
            var at = position + hit;
            var start = text[..at].LastIndexOf('\n') + 1;
            var length = text[at..].IndexOf('\n');
            var end = length < 0 ? text.Length : at + length;
            start = Math.Max(start, at - Window);
            end = Math.Min(end, at + Window);
            line += text[counted..start].Count('\n');
            counted = start;
            Judge(text[start..end], line, active, found);
            position = end;
        }

        return found;
    }

    private static void Judge(ReadOnlySpan<char> line, int number, List<SecretRule> rules, List<Observation> found)
    {
        string? text = null;
        foreach (var rule in rules)
        {
            if (!ContainsAny(line, rule.Keywords) || !rule.Pattern.IsMatch(line)) continue;
            text ??= line.ToString();
            var match = rule.Pattern.Match(text);
            var secret = match.Groups["s"] is { Success: true } group ? group.ValueSpan : match.ValueSpan;
            if (rule.MinEntropy > 0 && Entropy(secret) < rule.MinEntropy) continue;
            if (rule.Guess && !LooksReal(secret, rule.Id)) continue;
            var allowed = Allowances.Any(word => text.Contains(word, StringComparison.Ordinal));
            found.Add(new Observation(
                rule.Id, Severity.Critical, null, number, $"{rule.Words} ({secret.Length} characters); revoke it, then remove it", allowed ? Allowed : null));
            // One finding a line is enough: whoever looks there sees the rest.
            return;
        }
    }

    /// <summary>A guess by context is kept only when the value is none of the many things that are written there instead of a secret.</summary>
    private static bool LooksReal(ReadOnlySpan<char> secret, string rule)
    {
        if (secret.ContainsAny(Placeholders) || secret.StartsWith("$", StringComparison.Ordinal) || secret.StartsWith("sha", StringComparison.OrdinalIgnoreCase)) return false;
        if (rule == "url-password") return true;
        // Words joined by dots, dashes or underscores are names; keys have digits and letters mixed.
        return secret.ContainsAnyInRange('0', '9') && (secret.ContainsAnyInRange('a', 'z') || secret.ContainsAnyInRange('A', 'Z')) && !IsDottedName(secret);
    }

    private static bool IsDottedName(ReadOnlySpan<char> text)
    {
        var longest = 0;
        foreach (var range in text.SplitAny('.', '-', '_', '/'))
        {
            var (_, length) = range.GetOffsetAndLength(text.Length);
            longest = Math.Max(longest, length);
        }

        return longest < 12;
    }

    private static bool ContainsAny(ReadOnlySpan<char> line, IReadOnlyList<string> keywords)
    {
        foreach (var keyword in keywords)
        {
            if (line.Contains(keyword, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    /// <summary>Shannon's bits per character.</summary>
    public static double Entropy(ReadOnlySpan<char> text)
    {
        Span<int> counts = stackalloc int[256];
        foreach (var c in text) counts[c & 0xFF]++;
        var entropy = 0.0;
        foreach (var count in counts)
        {
            if (count == 0) continue;
            var share = (double)count / text.Length;
            entropy -= share * Math.Log2(share);
        }

        return entropy;
    }
}
