using Auxo.Contracts;
using Auxo.Notify.Digests;
using Auxo.Notify.Notifications;
using Auxo.Notify.Notifications.News;
using Auxo.Notify.Verdicts;

namespace Auxo.Notify.Tests.Digests;

/// <summary>What stands in a digest.</summary>
public sealed class DigestTests
{
    private static readonly DateOnly Day = new(2026, 11, 23);
    private static readonly Notification Broke = BuildNotification.Of(Told.Build(), Guid.NewGuid(), Transition.Broke);

    [Fact]
    public void what_was_mended_since_is_shown_as_mended()
    {
        var passed = new LastVerdict(LastVerdict.Key(Told.Build().Subject), Guid.Empty, IsBroken: false, Transition.Fixed, Told.At);
        var mended = Of([Broke], passed);
        Assert.Equal("Auxo on 23 November: 1 fixed", mended.Title());
        Assert.Equal(("Broke and fixed", "fixed"), (mended.Sections.Single().Title, mended.Sections.Single().Lines.Single().State));
        Assert.Equal("Auxo on 23 November: 1 broke", Of([Broke], passed with { IsBroken = true }).Title());
        Assert.Equal("Auxo on 23 November: 1 broke", Of([Broke]).Title());
    }

    [Fact]
    public void of_what_began_and_ended_only_the_end_is_told()
    {
        var names = new KnownNames("heartwood", null);
        Notification Detected(string id) => FailureNotification.Of(
            new FailureDetected(Told.Rid, id, null, "Logins fail", null, Told.At), Guid.NewGuid(), names);
        var over = FailureNotification.Of(new FailureRecovered(Told.Rid, "f1", "ann", Told.At.AddHours(1)), Guid.NewGuid(), names);
        var digest = Of([Detected("f1"), Detected("f2"), over]);
        Assert.Equal("Auxo on 23 November: 1 needs you", digest.Title());
        Assert.Equal(["heartwood: failure: Logins fail"], Lines(digest, "Needs you"));
        Assert.Equal(["heartwood: recovered: f1"], Lines(digest, "Broke and fixed"));
    }

    [Fact]
    public void health_is_told_from_the_first_to_the_last_and_findings_in_their_own_section()
    {
        HealthChanged Health(int score, int before, int hour) => new(Told.Rid, "heartwood", score, before, "Good", "Good", [], Told.At
            .AddHours(hour));
        var findings = new SevereFindingsFound(
            Told.Rid, "heartwood", [new Finding("sast", "R1", Severity.Critical, "a.cs", 1, "SQL <injection>", true)], 3, [], null,
                Told.At);
        var digest = Of([
            HealthNotification.Of(Health(80, 82, 0), Guid.NewGuid()), HealthNotification.Of(Health(71, 80, 1), Guid.NewGuid()),
            SecurityNotification.Of(findings, Guid.NewGuid())]);
        Assert.Equal(["heartwood: 71 of 100, 82 before (Good)"], Lines(digest, "Health"));
        Assert.Equal(["heartwood: 3 new severe findings: critical: SQL <injection> (sast, R1) in a.cs:1"], Lines(digest, "Security"));
    }

    [Fact]
    public void a_review_that_is_not_needed_any_more_is_not_asked_for()
    {
        var wanted = PatchNotification.Of(new ReviewWanted(
            Told.Rid, "heartwood", Told.Patch, RevisionId.Parse(Told.Patch.Value), Told.Commit, "Fix", Told.Author, [], 0, [],
                Told.At), Guid.NewGuid());
        var merged = PatchNotification.Of(Told.Merged(), Guid.NewGuid(), new KnownNames("heartwood", "Fix"));
        Assert.Equal(["heartwood: review wanted: Fix"], Lines(Of([wanted]), "Needs you"));
        Assert.Empty(Lines(Of([wanted, merged]), "Needs you"));
    }

    [Fact]
    public void very_many_are_cut_and_counted()
    {
        var many = Enumerable.Range(0, 1000).Select(static i => PatchNotification.Of(Told.Opened($"Patch {i}"), Guid.NewGuid()));
        var section = Of([.. many]).Sections.Single();
        Assert.Equal((25, 975), (section.Lines.Count, section.More));
    }

    [Fact]
    public void words_from_outside_are_words_on_the_page_and_the_report_is_part_of_it()
    {
        var report = ReportNotification.Of(
            new ReportPublished(
                "d1", "daily", "The day", Day, "# The day",
                    "<html><head><style>.x{color:red}</style></head><body><p class=x>All well</p></body></html>",
                "All well", false, Told.At), Guid.NewGuid(), new Uri("https://auxo.example.org/"));
        var page = DigestPage.Of("alice", Of([PatchNotification.Of(Told.Opened("<script>alert(1)</script>"), Guid.NewGuid()), report]),
            Told.At);
        var html = page.Report!.Html!;
        Assert.DoesNotContain("<script>", html, StringComparison.Ordinal);
        Assert.Contains("<hr><p class=x>All well</p></body></html>", html, StringComparison.Ordinal);
        Assert.Contains("<style>.x{color:red}</style></head>", html, StringComparison.Ordinal);
        Assert.Equal(1, html.Split("<body").Length - 1);
        Assert.EndsWith("The day\n\nAll well", page.Text, StringComparison.Ordinal);
        Assert.Equal($"https://auxo.example.org/reports/daily/{Day:yyyy-MM-dd}", page.Url);
        Assert.Equal(page.Id, DigestPage.Id("alice", Day));
    }

    private static Digest Of(IReadOnlyList<Notification> kept, params LastVerdict[] verdicts)
        => Digest.Of(Day, kept, verdicts.ToDictionary(static v => v.Id, StringComparer.Ordinal));

    private static IEnumerable<string> Lines(Digest digest, string section)
        => digest.Sections.Where(s => s.Title == section).SelectMany(static s => s.Lines).Select(static l => l.Text);
}
