using System.Globalization;

namespace Auxo.Console.Sharing;

/// <summary>A small picture of how a branch or a patch stands, for other pages: what it is about, and a word.</summary>
/// <param name="Label">What it is about, such as <c>build</c>.</param>
/// <param name="Word">How it stands.</param>
/// <param name="Colour">Of the word's ground; white is read on each of them (4.5 to 1 and more).</param>
internal sealed record Badge(string Label, string Word, string Colour)
{
    private const string Grey = "#57606a";

    /// <summary>Nothing is known of it.</summary>
    public static Badge NoBuild(string label) => new(label, "no build", Grey);

    /// <summary>
    /// The newest verdict counts: a build that runs does not take it back, and one that was ended because a newer one came, or that
    /// somebody began by hand, says nothing of it.
    /// </summary>
    /// <param name="label">What it is about.</param>
    /// <param name="builds">Newest first.</param>
    public static Badge Of(string label, IReadOnlyList<Build> builds)
    {
        var own = builds.Where(static b => b.Trigger != "manual").ToList();
        var verdict = own.Find(static b => b is { IsFinished: true, Outcome: not ("superseded" or "cancelled" or "skipped") });
        return (verdict ?? own.FirstOrDefault(static b => !b.IsFinished)) switch
        {
            { Outcome: "passed" } => new(label, "passed", "#1a7f37"),
            { IsFinished: true, Outcome: var outcome } => new(label, outcome?.Replace('_', ' ') ?? "errored", "#cf222e"),
            { State: "awaiting_approval" } => new(label, "needs approval", "#7d4e00"),
            { State: var state } => new(label, state, "#0550ae"),
            null => NoBuild(label),
        };
    }

    /// <summary>The picture. Each text is as wide as is said, whichever font the reader has.</summary>
    public string Svg()
    {
        var (label, word) = (TextWidth(Label), TextWidth(Word));
        var (left, whole) = (label + 10, label + word + 20);
        return string.Create(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="20" role="img" aria-label="{Label}: {Word}">
            <title>{Label}: {Word}</title>
            <clipPath id="r"><rect width="{whole}" height="20" rx="3"/></clipPath>
            <g clip-path="url(#r)"><rect width="{left}" height="20" fill="#30363d"/>
            <rect x="{left}" width="{word + 10}" height="20" fill="{Colour}"/></g>
            <g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11" text-anchor="middle">
            <text x="{left / 2.0:0.#}" y="14" textLength="{label}">{Label}</text>
            <text x="{left + word / 2.0 + 5:0.#}" y="14" textLength="{word}">{Word}</text></g></svg>
            """);
    }

    /// <summary>In pixels, of lower case letters, digits and spaces as Verdana has them at 11 pixels.</summary>
    internal static int TextWidth(string text)
        => (int)Math.Ceiling(text.Sum(static c => c is >= 'a' and <= 'z' ? Letters[c - 'a'] : c == ' ' ? Space : Digit) * 11 / 2048.0);

    private const int Space = 720;
    private const int Digit = 1302;

    /// <summary>Verdana's widths, of which 2048 are the font's size.</summary>
    private static readonly int[] Letters =
    [
        1230, 1276, 1067, 1276, 1220, 720, 1276, 1296, 562, 705, 1212, 562, 1992, 1296, 1243, 1276, 1276, 874, 1067, 807, 1296, 1212,
        1676, 1212, 1212, 1076,
    ];
}
