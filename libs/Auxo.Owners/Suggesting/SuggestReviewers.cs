using Auxo.Contracts;

namespace Auxo.Owners;

/// <summary>Lines that a change takes away or stands beside, as git says who wrote them.</summary>
/// <param name="Name">The author's name.</param>
/// <param name="Email">The author's address, after <c>.mailmap</c>.</param>
/// <param name="At">When they were written.</param>
/// <param name="Lines">How many.</param>
public sealed record BlamedLines(string Name, string Email, DateTimeOffset At, int Lines);

/// <summary>What is known of a change.</summary>
/// <param name="Files">Every changed path with its owners, as they are written.</param>
/// <param name="Blame">Who wrote the lines that it touches.</param>
/// <param name="Load">How many open patches each person has to look at already.</param>
/// <param name="AuthorEmails">The addresses of those who made the change.</param>
/// <param name="AuthorDid">Who opened the patch; null when it is none yet.</param>
/// <param name="Now">Lines that are older than that count less.</param>
public sealed record ReviewEvidence(
    IReadOnlyList<(string Path, IReadOnlyList<string> Owners)> Files, IReadOnlyList<BlamedLines> Blame,
    IReadOnlyDictionary<Did, int> Load, IReadOnlyCollection<string> AuthorEmails, Did? AuthorDid, DateTimeOffset Now);

/// <summary>A part of a score.</summary>
/// <param name="Value">May be below zero.</param>
/// <param name="Why">What it is for, such as <c>owns 3 of 4 changed files</c>.</param>
public sealed record ReviewPoint(double Value, string Why);

/// <summary>Somebody who could look at a change.</summary>
/// <param name="Name">A handle with its <c>@</c>, else a name and address.</param>
/// <param name="Did">The key that reviews are signed with; null when <c>people.yaml</c> does not say.</param>
/// <param name="Points">What the score is made of, the most first.</param>
public sealed record SuggestedReviewer(string Name, Did? Did, IReadOnlyList<ReviewPoint> Points)
{
    /// <summary>The sum of the points.</summary>
    public double Score => Points.Sum(static p => p.Value);
}

/// <summary>Says who should look at a change, and why.</summary>
public static class SuggestReviewers
{
    /// <summary>Owning all that changed counts so much.</summary>
    private const double ForOwning = 3;

    /// <summary>Having written all lines that are touched, just now, counts so much.</summary>
    private const double ForWriting = 1;

    /// <summary>Each patch that somebody has to look at takes so much away.</summary>
    private const double ForLoad = 0.25;
    private const double MostForLoad = 1;

    /// <summary>What was written so long ago counts half.</summary>
    private static readonly TimeSpan HalfLife = TimeSpan.FromDays(180);

    /// <summary>The best first; never one of those who made the change.</summary>
    /// <param name="evidence">What is known of the change.</param>
    /// <param name="people">Who is behind owners and addresses.</param>
    public static IReadOnlyList<SuggestedReviewer> Rank(ReviewEvidence evidence, PeopleFile people)
    {
        var candidates = new Dictionary<string, Candidate>(StringComparer.OrdinalIgnoreCase);
        foreach (var (path, owners) in evidence.Files)
        {
            foreach (var candidate in owners.SelectMany(o => Behind(o, people))
                .DistinctBy(static c => c.Name, StringComparer.OrdinalIgnoreCase))
                Known(candidates, candidate).Owned.Add(path);
        }

        foreach (var lines in evidence.Blame)
        {
            var candidate = Known(candidates, people.FindEmail(lines.Email) is { } person
                ? Of(person)
                : new Candidate($"{lines.Name} <{lines.Email}>", Did: null, [lines.Email]));
            candidate.Lines += lines.Lines;
            candidate.Weight += lines.Lines * Weight(evidence.Now - lines.At);
        }

        var all = evidence.Blame.Sum(static b => b.Lines);
        return [.. candidates.Values.Where(c => !IsAuthor(c, evidence, people))
            .Select(c => new SuggestedReviewer(c.Name, c.Did, [.. Points(c, evidence, all).OrderByDescending(static p => p.Value)]))
            .Where(static s => s.Points.Any(static p => p.Value > 0))
            .OrderByDescending(static s => s.Score).ThenBy(static s => s.Did is null)
                .ThenBy(static s => s.Name, StringComparer.Ordinal)];
    }

    private static IEnumerable<ReviewPoint> Points(Candidate candidate, ReviewEvidence evidence, int allLines)
    {
        if (candidate.Owned.Count is > 0 and var owned)
            yield return new ReviewPoint(
                ForOwning * owned / evidence.Files.Count,
                    $"owns {owned} of {evidence.Files.Count} changed {Files(evidence.Files.Count)}");
        if (allLines > 0 && candidate.Lines > 0)
            yield return new ReviewPoint(
                ForWriting * candidate.Weight / allLines,
                $"wrote {candidate.Lines} of the {allLines} lines that are touched; older lines count less");
        if (candidate.Did is { } did && evidence.Load.GetValueOrDefault(did) is > 0 and var load)
            yield return new ReviewPoint(
                -Math.Min(MostForLoad, ForLoad * load), $"has {load} open {(load == 1 ? "patch" : "patches")} to look at already");
    }

    private static string Files(int count) => count == 1 ? "file" : "files";

    private static double Weight(TimeSpan age) => age <= TimeSpan.Zero ? 1 : Math.Pow(0.5, age / HalfLife);

    private static IEnumerable<Candidate> Behind(string owner, PeopleFile people)
        => people.Members(owner) is { Count: > 0 } members ? members.Select(Of)
            : [new Candidate(owner, Contracts.Did.TryParse(owner, provider: null, out var did) ? did : null, [owner])];

    private static Candidate Of(Person person) => new("@" + person.Handle, person.Did, person.Emails);

    private static Candidate Known(Dictionary<string, Candidate> candidates, Candidate candidate)
        => candidates.TryGetValue(candidate.Name, out var known) ? known : candidates[candidate.Name] = candidate;

    /// <summary>The author is known by key or address, and by a person of <c>people.yaml</c> who has one of them.</summary>
    private static bool IsAuthor(Candidate candidate, ReviewEvidence evidence, PeopleFile people)
        => (candidate.Did is { } did && did == evidence.AuthorDid)
            || candidate.Emails.Any(e => evidence.AuthorEmails.Contains(e, StringComparer.OrdinalIgnoreCase))
            || (evidence.AuthorDid is { } author && people.Find(author.Value) is { } person
                && candidate.Name.Equals("@" + person.Handle, StringComparison.OrdinalIgnoreCase));

    private sealed record Candidate(string Name, Did? Did, IReadOnlyList<string> Emails)
    {
        public HashSet<string> Owned { get; } = new(StringComparer.Ordinal);

        public int Lines { get; set; }

        public double Weight { get; set; }
    }
}
