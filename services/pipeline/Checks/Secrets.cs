using System.Buffers;
using System.Security.Cryptography;
using System.Text;

using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Checks.Searching;

namespace Auxo.Pipeline.Checks;

/// <summary>
/// Check <c>secrets</c>: no keys and tokens in the tree. One pass over a file finds the lines that hold a keyword; only those meet the
/// patterns, and only the patterns whose keyword they hold. The secret itself is never repeated in a finding or a log.
/// </summary>
public static class Secrets
{
    /// <summary>By first letter (lower case): the keywords and who waits for them.</summary>
    private static readonly (string Keyword, int[] Rules)[][] ByFirst = Index();

    /// <summary>A keyword that begins with another one is found with it.</summary>
    private static readonly KeywordSearch Keywords = new(
        [.. All().Where(word => !All().Any(other => other.Length < word.Length && word.StartsWith(other, StringComparison.Ordinal)))]);

    private static readonly int LongestKeyword = All().Max(word => word.Length);

    private static readonly string[] Allowances = ["auxo:allow", "gitleaks:allow"];

    /// <summary>
    /// A longer line (minified code, data) is looked at in pieces: the keywords of one piece, and around it room for the secret
    /// that they announce. So no character is given to a rule more than <c>(Before + Piece + After) / Piece</c> times, however
    /// long the line is.
    /// </summary>
    private const int Piece = 1000;

    private const int Before = 1000;
    private const int After = 2000;

    /// <summary>A file with more than these is a list of them: whoever looks there sees the rest.</summary>
    internal const int MaxPerFile = 100;

    /// <summary>A line may hold placeholders before the real thing.</summary>
    private const int MaxMatches = 20;

    /// <summary>Searches every text file of the tree and, of a patch, what its commits added and took out again.</summary>
    public static async Task<CheckReport> RunAsync(SourceTree tree, CheckSettings settings, VerdictCache cache, CancellationToken ct)
    {
        var search = new SecretSearch(tree, cache, PathPatterns.Of(settings.Ignore.GetValueOrDefault("secrets")));
        var history = SecretHistory.ReadAsync(tree, search, ct);
        var report = await search.TreeAsync(ct);
        return (await history).Over(report, search);
    }

    /// <summary>The secrets of one file, without its path.</summary>
    /// <param name="content">Its bytes.</param>
    /// <param name="path">Where it lies; decides how it is read.</param>
    public static IReadOnlyList<Observation> Scan(ReadOnlySpan<byte> content, string path = "")
    {
        var configuration = SecretFiles.IsConfiguration(path);
        if (OutsideText.IsWide(content) || configuration || SecretFiles.MayHoldSecret(content, path))
            return Scan(SecretFiles.Unwrap(OutsideText.Decode(content)), configuration);

        // Latin-1 keeps one character per byte, whatever the bytes are, and every secret is ASCII.
        var rented = ArrayPool<char>.Shared.Rent(content.Length);
        try
        {
            var text = rented.AsSpan(0, content.Length);
            Encoding.Latin1.GetChars(content, text);
            return Scan(text, configuration: false);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(rented);
        }
    }

    private static List<Observation> Scan(ReadOnlySpan<char> text, bool configuration)
    {
        var found = new List<Observation>();
        var blocking = 0;
        var met = new int[SecretRules.All.Count];
        var (position, piece, line, lineStart, lineEnd) = (0, 0, 1, 0, -1);
        while (blocking < MaxPerFile && position < text.Length && Keywords.IndexIn(text[position..]) is >= 0 and var hit)
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
            Meet(text, at, end, met, ++piece, configuration);
            var from = Math.Max(lineStart, at - Before);
            var seen = Judge(text[from..Math.Min(lineEnd, end + After)], text[from..Math.Min(text.Length, end + After)], line, met, piece);
            if (seen is not null) found.Add(seen);
            if (seen is { IsAllowed: false }) blocking++;
            // One finding a line is enough.
            position = seen is { IsAllowed: false } ? lineEnd : end;
        }

        return found;
    }

    /// <summary>Marks the rules that have a keyword beginning in this piece, the first of which is at its start.</summary>
    private static void Meet(ReadOnlySpan<char> text, int at, int end, int[] met, int piece, bool configuration)
    {
        while (at < end)
        {
            foreach (var (keyword, rules) in ByFirst[text[at] & 0x7F])
            {
                if (!text[at..].StartsWith(keyword, StringComparison.OrdinalIgnoreCase)) continue;
                foreach (var rule in rules)
                {
                    if (SecretPlace.Counts(SecretRules.All[rule], text[(at + keyword.Length)..], configuration)) met[rule] = piece;
                }
            }

            at++;
            // A keyword may begin in this piece and end in the next.
            var next = Keywords.IndexIn(text[at..Math.Min(text.Length, end + LongestKeyword)]);
            if (next < 0) return;
            at += next;
        }
    }

    /// <summary>The first secret of a line or of a piece of one; the rules stand in the order in which they name things best.</summary>
    private static Observation? Judge(ReadOnlySpan<char> line, ReadOnlySpan<char> below, int number, int[] met, int piece)
    {
        for (var i = 0; i < met.Length; i++)
        {
            if (met[i] != piece) continue;
            var rule = SecretRules.All[i];
            var part = rule.LinesBelow == 0 ? line : below[..Lines(below, rule.LinesBelow + 1)];
            if (!rule.Pattern.IsMatch(part)) continue;
            var text = part.ToString();
            var match = rule.Pattern.Match(text);
            for (var n = 0; match.Success && n < MaxMatches; n++, match = match.NextMatch())
            {
                var secret = match.Groups["s"] is { Success: true } group ? group.ValueSpan : match.ValueSpan;
                var name = match.Groups["n"] is { Success: true } named ? named.ValueSpan : [];
                if (rule.MinEntropy > 0 && Entropy(secret) < rule.MinEntropy || !rule.Accept(name, secret)) continue;
                var message = $"{rule.Words} ({secret.Length} characters)";
                return new Observation(rule.Id, Severity.Critical, null, number, message)
                {
                    IsAllowed = IsAllowed(line),
                    Mark = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(secret.ToString()))),
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

    private static bool IsAllowed(ReadOnlySpan<char> line)
    {
        foreach (var word in Allowances)
        {
            if (line.Contains(word, StringComparison.Ordinal)) return true;
        }

        return false;
    }

    /// <summary>Where the first lines end.</summary>
    private static int Lines(ReadOnlySpan<char> text, int count)
    {
        var end = 0;
        for (var i = 0; i < count; i++)
        {
            var next = text[end..].IndexOf('\n');
            if (next < 0) return text.Length;
            end += next + 1;
        }

        return end;
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
