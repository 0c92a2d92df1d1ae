using System.Text.Json;

using Auxo.Contracts;
using Auxo.Notify.Channels;
using Auxo.Notify.Notifications;
using Auxo.Notify.Planning;
using Auxo.Notify.Routes;
using Auxo.Notify.Verdicts;

using FsCheck;
using FsCheck.Fluent;

namespace Auxo.Notify.Tests.Notifications;

/// <summary>What is told, before it is put into a channel's words.</summary>
public sealed class NotificationTests
{
    [Theory]
    [InlineData(Contracts.Outcome.Passed, "build.passed", Level.Info)]
    [InlineData(Contracts.Outcome.Failed, "build.failed", Level.Warning)]
    [InlineData(Contracts.Outcome.Errored, "build.errored", Level.Warning)]
    [InlineData(Contracts.Outcome.Cancelled, "build.cancelled", Level.Info)]
    [InlineData(Contracts.Outcome.TimedOut, "build.timed_out", Level.Warning)]
    [InlineData(Contracts.Outcome.Superseded, "build.superseded", Level.Info)]
    [InlineData(Contracts.Outcome.Skipped, "build.skipped", Level.Info)]
    public void a_builds_end_is_called_by_its_outcome(Contracts.Outcome outcome, string type, Level level)
    {
        var told = BuildNotification.Of(Told.Build(outcome), Guid.NewGuid());
        Assert.Equal((type, level), (told.Type, told.Level));
        Assert.Contains(type, NotificationTypes.All);
    }

    [Fact]
    public void its_text_says_what_failed_and_where_to_read_on()
        => Assert.Equal(
            """
            patch 1a2b3c4 at 8fabc1d, build ID, 13.5 s
            failed: step 1: 1 error
            scripts/deploy.sh:1: Double quote to prevent globbing (SC2086)
            auxo ci logs ID
            """,
            BuildNotification.Of(Told.Build(), Guid.NewGuid()).Text
                .Replace(BuildId.Short(Told.Build().Subject.BuildId), "ID", StringComparison.Ordinal));

    [Fact]
    public void a_scan_is_called_by_its_name_and_not_by_the_newest_commit()
    {
        var build = Told.Build();
        build = build with { Subject = build.Subject with { Schedule = "dependency-scan", Ref = "main", PatchId = null } };
        Assert.Equal("heartwood: failed: dependency-scan of main", BuildNotification.Of(build, Guid.NewGuid()).Title);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    [InlineData(null, 1)]
    public void what_a_scan_has_told_before_is_told_to_nobody(bool? oldNews, int planned)
    {
        var table = new RoutingTable(
            [new Route { Name = "all", On = ["build.*"], Channels = ["team"], Exists = true }],
            new Dictionary<string, Channel> { ["team"] = new() { Name = "team", Kind = ChannelKind.Webhook, Exists = true } });
        var (told, _, wake) = OnBuildFinishedHandler.Handle(
            Told.Build() with { OldNews = oldNews }, table, BuildPast.None, new Wolverine.Envelope(), Told.At);
        Assert.Equal((planned, planned == 1), (told?.Deliveries.Count ?? 0, wake is not null));
    }

    [Fact]
    public void of_a_patch_that_nobody_named_the_ids_are_told()
        => Assert.Equal("rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5: merged: patch 1a2b3c4",
            PatchNotification.Of(Told.Merged(), Guid.NewGuid(), new KnownNames(null, null)).Title);

    [Fact]
    public void a_failure_of_what_is_live_is_critical_and_its_end_is_not()
    {
        var detected = FailureNotification.Of(new FailureDetected(Told.Rid, "f1", "d7", "Nobody can log in", null, Told.At),
            Guid.NewGuid(), new KnownNames("heartwood", null));
        Assert.Equal(("failure.detected", Level.Critical, "heartwood: failure: Nobody can log in", "failure f1, by deployment d7"),
            (detected.Type, detected.Level, detected.Title, detected.Text));
        var recovered = FailureNotification.Of(
            new FailureRecovered(Told.Rid, "f1", "d8", Told.At), Guid.NewGuid(), new KnownNames(null, null));
        Assert.Equal(("failure.recovered", Level.Info, $"{Told.Rid}: recovered: f1", "by d8"),
            (recovered.Type, recovered.Level, recovered.Title, recovered.Text));
        Assert.Superset(new HashSet<string>([detected.Type, recovered.Type], StringComparer.Ordinal),
            NotificationTypes.All.ToHashSet(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(1, "heartwood: schedule nightly was missed")]
    [InlineData(3, "heartwood: schedule nightly was missed 3 times")]
    public void a_schedule_that_was_missed_is_a_warning(int count, string title)
    {
        var missed = new ScheduleMissed(Told.Rid, "heartwood", "nightly", Told.At, count, "Auxo did not run at that time", Told.At);
        var told = ScheduleNotification.Of(missed, NotificationId.Of(missed));
        Assert.Equal(
            ("schedule.missed", Level.Warning, title, "Auxo did not run at that time: 2026-11-23 12:00 UTC\nauxo schedule list"),
            (told.Type, told.Level, told.Title, told.Text));
        Assert.Contains(told.Type, NotificationTypes.All);
        Assert.Equal(told.Id, NotificationId.Of(missed with { At = Told.At.AddDays(1) }));
    }

    [Fact]
    public void a_private_repository_that_is_exposed_is_critical_and_its_end_is_not()
    {
        var seen = new PrivacyViolated(Told.Rid, "heartwood", "ann-laptop", "it is at a node that is not allowed: z6MkX", Told.At);
        var told = PrivacyNotification.Of(seen, NotificationId.Of(seen));
        Assert.Equal(
            ("repository.exposed", Level.Critical, "heartwood: not private any more",
                "it is at a node that is not allowed: z6MkX\nseen by ann-laptop; what to do, on that node: auxo node health"),
            (told.Type, told.Level, told.Title, told.Text));
        Assert.Equal(told.Id, NotificationId.Of(seen with { RepositoryName = "another name" }));
        Assert.NotEqual(told.Id, NotificationId.Of(seen with { Text = "something else" }));

        var over = new PrivacyRestored(Told.Rid, "", Told.At);
        var end = PrivacyNotification.Of(over, NotificationId.Of(over));
        Assert.Equal(
            ("repository.private_again", Level.Info, $"{Told.Rid}: as private as it should be again"), (end.Type, end.Level, end.Title));
        Assert.Superset(new HashSet<string>([told.Type, end.Type], StringComparer.Ordinal),
            NotificationTypes.All.ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public void a_merge_without_a_pass_is_critical_and_says_why()
    {
        var (patch, commit) = (PatchId.Parse(new string('a', 40)), CommitId.Parse(new string('b', 40)));
        var merged = new MergedWithoutPass(Told.Rid, "heartwood", patch, commit, null, "build 3f2a1c7 has failed", "http://x/1", Told.At);
        var told = PatchNotification.Of(merged, NotificationId.Of(merged), new KnownNames("heartwood", "Tidy up"));
        Assert.Equal(
            ("patch.merged_without_pass", Level.Critical, "heartwood: merged without a pass: Tidy up",
                "build 3f2a1c7 has failed; the branch is at bbbbbbb now\nauxo gate list", "http://x/1"),
            (told.Type, told.Level, told.Title, told.Text, told.Url));
        Assert.Contains(told.Type, NotificationTypes.All);
    }

    [Fact]
    public void owners_are_asked_by_name_and_channels_of_others_are_left_alone()
    {
        var wanted = new ReviewWanted(
            Told.Rid, "heartwood", Told.Patch, RevisionId.Parse(Told.Patch.Value), Told.Commit, "Fix the handshake", Told.Author,
            [new("@alice", 3), new("@bob", 1), new("@c", 1), new("@d", 1), new("@e", 1), new("@f", 1)], 12, ["carol-mail"],
                Told.At);
        Channel Of(string name) => new() { Name = name, Kind = ChannelKind.Webhook, Exists = true };
        var table = new RoutingTable(
            [new Route { Name = "reviews", On = ["patch.review_wanted"], Channels = ["alice-mail", "carol-mail", "team"],
                Exists = true }],
            new Dictionary<string,
                Channel> { ["alice-mail"] = Of("alice-mail"), ["carol-mail"] = Of("carol-mail"), ["team"] = Of("team") });
        var (planned, _, wake) = OnReviewWantedHandler.Handle(wanted, table, new Wolverine.Envelope(), Told.At);
        Assert.Equal(["alice-mail", "team"], planned.Deliveries.Select(static d => d.Channel));
        Assert.NotNull(wake);
        Assert.Equal(
            ("patch.review_wanted", Level.Info, "heartwood: review wanted: Fix the handshake",
                $"patch 1a2b3c4 by {Told.Author}, at 8fabc1d\n"
                    + "owners of what changed: @alice (3), @bob (1), @c (1), @d (1), @e (1) and 7 more"),
            (planned.Notification.Type, planned.Notification.Level, planned.Notification.Title, planned.Notification.Text));
        Assert.Contains(planned.Notification.Type, NotificationTypes.All);
        Assert.Null(OnReviewWantedHandler.Handle(
            wanted with { OtherChannels = ["alice-mail", "carol-mail", "team"] }, table, new Wolverine.Envelope(), Told.At).Item3);
    }

    [Theory]
    [InlineData(Severity.High, Level.Warning)]
    [InlineData(Severity.Critical, Level.Critical)]
    public void severe_findings_are_told_with_their_places_and_owners(Severity severity, Level level)
    {
        var found = new SevereFindingsFound(
            Told.Rid, "heartwood",
            [new Finding("sast", "sql", severity, "src/a.cs", 7, "a query from input", Blocks: false),
                new Finding("structure", "s", Severity.High, Path: null, Line: null, "all of it", Blocks: false)],
            4, [new OwnerOfFiles("@alice", 2)], "http://x/1", Told.At);
        var told = SecurityNotification.Of(found, NotificationId.Of(found));
        Assert.Equal(
            ("security.found", level, "heartwood: 4 new severe findings", "http://x/1"), (told.Type, told.Level, told.Title, told.Url));
        Assert.Equal(
            [$"{severity.ToString().ToLowerInvariant()}: a query from input (sast, sql) in src/a.cs:7",
                "high: all of it (structure, s)", "and 2 more: auxo ci findings", "owners: @alice"], told.Text.Split('\n'));
        Assert.Contains(told.Type, NotificationTypes.All);
    }

    [Fact]
    public void whatever_a_title_contains_what_is_sent_is_one_line_and_can_be_stored()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), ArbMap.Default.ArbFor<string>(), static (title, repository) =>
        {
            var told = BuildNotification.Of(Told.Build(title: title ?? "", repository: repository ?? ""), Guid.NewGuid());
            var json = JsonSerializer.Serialize(told, StoredJson.Default.Notification);
            return !told.Title.Any(char.IsControl) && told.Title.Length <= 200 && !told.Text.Any(static c => char.IsControl(c) && c != '\n')
                && !json.Contains("\\u0000", StringComparison.Ordinal)
                    && JsonSerializer.Deserialize(json, StoredJson.Default.Notification)!.Title == told.Title;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void a_cut_never_goes_through_a_character()
    {
        var cut = Notification.Line(string.Concat(Enumerable.Repeat("😀", 300)));
        Assert.Equal(199, cut.Length);
        Assert.EndsWith("😀…", cut, StringComparison.Ordinal);
        Assert.Equal("\ufffdx", Notification.Line("\ud83dx"));
    }
}
