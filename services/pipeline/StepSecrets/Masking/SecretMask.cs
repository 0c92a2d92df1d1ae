using System.Text;

using Auxo.Pipeline.Running;

namespace Auxo.Pipeline.StepSecrets.Masking;

/// <summary>Finds secrets in all their forms (<see cref="SecretForms"/>), in bytes and in what is said of a step.</summary>
internal sealed class SecretMask
{
    /// <summary>
    /// A form of so many bytes is found also where lines end inside of it, as in the output of <c>base64</c> and <c>fold</c>; in a
    /// shorter one that would be by chance.
    /// </summary>
    private const int MinBytesOverLines = 8;

    /// <summary>Bytes of line ends between two bytes of a form.</summary>
    private const int MaxLineEnd = 4;

    /// <summary>What <see cref="Compare"/> says of a text that ends inside of a form.</summary>
    private const int Open = -1;

    private readonly Dictionary<int, byte[][]> _forms;
    private readonly bool[] _begins = new bool[256];
    private readonly bool[] _pairs = new bool[1 << 16];

    private SecretMask(IEnumerable<string> values)
    {
        var forms = values.SelectMany(SecretForms.Of).DistinctBy(Convert.ToBase64String, StringComparer.Ordinal);
        _forms = forms.GroupBy(static form => Pair(form[0], form[1])).ToDictionary(static pair => pair.Key, static pair => pair.ToArray());
        foreach (var pair in _forms.Keys) (_pairs[pair], _begins[pair >> 8]) = (true, true);
    }

    /// <summary>A mask of these values; null when there is none.</summary>
    public static SecretMask? Of(IReadOnlyCollection<string> values) => values.Count == 0 ? null : new SecretMask(values);

    /// <summary>The text without secrets. What an ellipsis at its end has cut off counts as the rest of a secret.</summary>
    public string Text(string text)
    {
        var (kept, end) = text.EndsWith('…') ? (text[..^1], "…") : (text, "");
        var stream = new MaskedStream(this);
        var masked = stream.Write(Encoding.UTF8.GetBytes(kept)).ToArray();
        masked = [.. masked, .. stream.End()];
        return stream.HasHidden ? Encoding.UTF8.GetString(masked) + end : text;
    }

    /// <summary>All that is said of a step, without secrets.</summary>
    public StepReport Over(StepReport report)
        => report with
        {
            Result = report.Result with { Summary = Text(report.Result.Summary), Hint = Maybe(report.Result.Hint) },
            Findings = [.. report.Findings.Select(finding => finding with
            {
                Rule = Text(finding.Rule), Path = Maybe(finding.Path), Message = Text(finding.Message),
            })],
            Tests = report.Tests is not { } tests ? null : tests with
            {
                Failures = [.. tests.Failures.Select(test => test with
                {
                    Name = Text(test.Name), Message = Text(test.Message), Path = Maybe(test.Path), Key = Text(test.Key),
                })],
                Flaky = [.. tests.Flaky.Select(Text)],
            },
            Coverage = report.Coverage is not { } coverage ? null : coverage with
            {
                Files = [.. coverage.Files.Select(file => file with { Path = Text(file.Path) })],
                Folders = coverage.Folders?.Select(folder => folder with { Name = Text(folder.Name) }).ToList(),
            },
        };

    /// <summary>The next place where a secret may begin; the length of the text when there is none.</summary>
    public int Next(ReadOnlySpan<byte> text, int from)
    {
        for (; from + 1 < text.Length; from++)
        {
            if (_pairs[Pair(text[from], text[from + 1])] || _begins[text[from]] && IsLineEnd(text[from + 1])) return from;
        }

        return from < text.Length && _begins[text[from]] ? from : text.Length;
    }

    /// <summary>What begins at the first byte of a text.</summary>
    /// <param name="text">The text, as far as it is known.</param>
    /// <param name="isOpen">It ends inside of what may be a secret.</param>
    /// <returns>How many of its bytes are one; 0 for none.</returns>
    public int At(ReadOnlySpan<byte> text, out bool isOpen)
    {
        var second = 1;
        while (second < text.Length && second <= MaxLineEnd && IsLineEnd(text[second])) second++;
        isOpen = second == text.Length && _begins[text[0]];
        if (second >= text.Length || !_forms.TryGetValue(Pair(text[0], text[second]), out var forms)) return 0;
        var longest = 0;
        foreach (var form in forms)
        {
            var length = Compare(text, form);
            if (length == Open) isOpen = true;
            else longest = Math.Max(longest, length);
        }

        return longest;
    }

    public static bool IsLineEnd(byte b) => b is (byte)'\n' or (byte)'\r';

    private static int Compare(ReadOnlySpan<byte> text, ReadOnlySpan<byte> form)
    {
        var (at, found) = (0, 0);
        while (true)
        {
            var same = text[at..].CommonPrefixLength(form[found..]);
            (at, found) = (at + same, found + same);
            if (found == form.Length) return at;
            var end = at;
            while (end < text.Length && end - at < MaxLineEnd && IsLineEnd(text[end])) end++;
            if (end == text.Length) return Open;
            if (end == at || form.Length < MinBytesOverLines) return 0;
            at = end;
        }
    }

    private string? Maybe(string? text) => text is null ? null : Text(text);

    private static int Pair(byte first, byte second) => first << 8 | second;
}
