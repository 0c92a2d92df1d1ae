using System.Buffers;
using System.Text;

using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Checks;

/// <summary>
/// Check <c>secrets</c>: no keys and tokens in the tree. One pass over a file finds the lines that hold a keyword; only those meet the
/// patterns, and only the patterns whose keyword they hold. The secret itself is never repeated in a finding or a log.
/// </summary>
public static class Secrets
{
    /// <summary>By first letter (lower case): the keywords and who waits for them.</summary>
    private static readonly (string Keyword, int[] Rules)[][] ByFirst = Index();

    /// <summary>
    /// A keyword that begins with another one is found with it. With ninety of them this is an Aho-Corasick automaton: the same
    /// few nanoseconds a character, whatever the text. (Fewer than 80 would be searched for by vectors, which here, with so
    /// many short ones, took three times as long.)
    /// </summary>
    private static readonly SearchValues<string> Keywords = SearchValues.Create(
        [.. All().Where(word => !All().Any(other => other.Length < word.Length && word.StartsWith(other, StringComparison.Ordinal)))],
        StringComparison.OrdinalIgnoreCase);

    private static readonly int LongestKeyword = All().Max(word => word.Length);

    /// <summary>Generated, and full of hashes that are no secrets.</summary>
    private static readonly PathPatterns NotScanned = PathPatterns.Of(
        ["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "Cargo.lock",
            "poetry.lock", "uv.lock", "Pipfile.lock", "composer.lock",
            "Gemfile.lock", "go.sum", "packages.lock.json", "flake.lock", "mix.lock", "pubspec.lock", "*.min.js",
            "*.min.css", "*.map", "*.svg", "*.sum"]);

    private static readonly string[] Allowances = ["auxo:allow", "gitleaks:allow"];

    /// <summary>Words that say: this is where a secret would stand.</summary>
    private static readonly SearchValues<string> Placeholders = SearchValues.Create(
        ["example", "placeholder", "changeme", "change-me", "change_me", "your-", "your_", "yourkey", "xxxx", "****",
            "dummy", "sample", "insert", "redacted", "notasecret",
            "not-a-secret", "password", "secret", "foobar", "1234567890", "abcdefgh", "todo", "${", "$(", "{{", "<",
            "%s", "process.env", "os.environ", "getenv"],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// A longer line (minified code, data) is looked at in pieces: the keywords of one piece, and around it room for the secret
    /// that they announce. So no character is given to a rule more than <c>(Before + Piece + After) / Piece</c> times, however
    /// long the line is.
    /// </summary>
    private const int Piece = 1000;

    private const int Before = 1000;
    private const int After = 2000;

    /// <summary>A file with more than these is a list of them: whoever looks there sees the rest.</summary>
    private const int MaxPerFile = 100;

    /// <summary>A line may hold placeholders before the real thing.</summary>
    private const int MaxMatches = 20;

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
            else if (await tree.ReadAsync(entry, ct) is { } content && SourceTree.IsText(content.Span))
            {
                seen = Scan(content.Span);
                cache.Put(entry.Oid, ruling, seen);
                scanned++;
            }
            else
            {
                leftOut++;
                continue;
            }

            if (seen.Count(observation => !observation.IsAllowed) >= MaxPerFile) notes.Add(
                $"only the first {MaxPerFile} are told: {PlainText.OneLine(entry.Name)}");
            foreach (var observation in seen)
            {
                if (observation.IsAllowed) notes.Add(
                    $"allowed by a comment: {observation.Rule} at {PlainText.OneLine(entry.Name)}:{observation.Line}");
                else observations.Add(observation with { Path = entry.Name });
            }
        }

        notes.Insert(
            0, $"{scanned} files scanned, {known} known from before, {generated} generated and {leftOut} binary or "
                + $"over 1 MiB left out; {SecretRules.All.Count} rules");
        return new CheckReport(observations, notes);
    }

    /// <summary>The secrets of one file, without its path.</summary>
    public static IReadOnlyList<Observation> Scan(ReadOnlySpan<byte> content)
    {
        if (OutsideText.IsWide(content)) return Scan(OutsideText.Decode(content).AsSpan());

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
        var blocking = 0;
        var met = new int[SecretRules.All.Count];
        var (position, piece, line, lineStart, lineEnd) = (0, 0, 1, 0, -1);
        while (blocking < MaxPerFile && position < text.Length && text[position..].IndexOfAny(Keywords) is >= 0 and var hit)
        {
            var at = position + hit;
            if (at > lineEnd)
            {
                line += text[lineStart..at].Count('\n');
                if (text[lineStart..at].LastIndexOf('\n') is >= 0 and var last) lineStart += last + 1;
                var length = text[at..].IndexOf('\n');
                lineEnd = length < 0 ? text.Length : at + length;
            }

            var end = Math.Min(lineEnd, at + Piece);
            Meet(text, at, end, met, ++piece);
            var seen = Judge(text[Math.Max(lineStart, at - Before)..Math.Min(lineEnd, end + After)], line, met, piece);
            if (seen is not null) found.Add(seen);
            if (seen is { IsAllowed: false }) blocking++;
            // One finding a line is enough.
            position = seen is { IsAllowed: false } ? lineEnd : end;
        }

        return found;
    }

    /// <summary>Marks the rules that have a keyword beginning in this piece, the first of which is at its start.</summary>
    private static void Meet(ReadOnlySpan<char> text, int at, int end, int[] met, int piece)
    {
        while (at < end)
        {
            foreach (var (keyword, rules) in ByFirst[text[at] & 0x7F])
            {
                if (!text[at..].StartsWith(keyword, StringComparison.OrdinalIgnoreCase)) continue;
                foreach (var rule in rules) met[rule] = piece;
            }

            at++;
            // A keyword may begin in this piece and end in the next.
            var next = text[at..Math.Min(text.Length, end + LongestKeyword)].IndexOfAny(Keywords);
            if (next < 0) return;
            at += next;
        }
    }

    /// <summary>The first secret of a line or of a piece of one; the rules stand in the order in which they name things best.</summary>
    private static Observation? Judge(ReadOnlySpan<char> line, int number, int[] met, int piece)
    {
        string? text = null;
        for (var i = 0; i < met.Length; i++)
        {
            if (met[i] != piece) continue;
            var rule = SecretRules.All[i];
            if (!rule.Pattern.IsMatch(line)) continue;
            text ??= line.ToString();
            var match = rule.Pattern.Match(text);
            for (var n = 0; match.Success && n < MaxMatches; n++, match = match.NextMatch())
            {
                var secret = match.Groups["s"] is { Success: true } group ? group.ValueSpan : match.ValueSpan;
                if (rule.MinEntropy > 0 && Entropy(secret) < rule.MinEntropy || rule.Guess && !LooksReal(secret, rule.Id)) continue;
                var message = $"{rule.Words} ({secret.Length} characters); revoke it, then remove it";
                return new Observation(rule.Id, Severity.Critical, null, number, message)
                {
                    IsAllowed = Allowances.Any(word => text.Contains(word, StringComparison.Ordinal)),
                };
            }
        }

        return null;
    }

    private static IEnumerable<string> All() => SecretRules.All.SelectMany(rule => rule.Keywords).Distinct(StringComparer.Ordinal);

    private static (string, int[])[][] Index()
        => [.. Enumerable.Range(0, 128).Select(c => All().Where(word => word[0] == char.ToLowerInvariant((char)c))
            .Select(word
                => (word, Enumerable.Range(0, SecretRules.All.Count).Where(i => SecretRules.All[i].Keywords.Contains(word)).ToArray()))
                    .ToArray())];

    /// <summary>
    /// A guess by context is kept only when the value is none of the many things that are written there instead of a secret.
    /// </summary>
    private static bool LooksReal(ReadOnlySpan<char> secret, string rule)
    {
        if (secret.ContainsAny(Placeholders) || secret.StartsWith("$", StringComparison.Ordinal)
            || secret.StartsWith("sha", StringComparison.OrdinalIgnoreCase)) return false;
        if (rule == "url-password") return true;
        // Words joined by dots, dashes or underscores are names; keys have digits and letters mixed.
        return secret.ContainsAnyInRange('0', '9')
            && (secret.ContainsAnyInRange('a', 'z') || secret.ContainsAnyInRange('A', 'Z')) && !IsDottedName(secret);
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
