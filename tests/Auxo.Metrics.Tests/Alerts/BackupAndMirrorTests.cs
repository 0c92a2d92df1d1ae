using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Instances.Backups;
using Auxo.Metrics.Alerts;
using Auxo.Metrics.Mirrors;
using Auxo.Testing;

using FsCheck;
using FsCheck.Fluent;

using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Metrics.Tests.Alerts;

/// <summary>From what is known of backups and mirrors to the alerts of them.</summary>
public sealed class BackupAndMirrorTests(PostgresFixture postgres)
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, false)]
    [InlineData(1.9, false)]
    [InlineData(2.1, true)]
    [InlineData(4000, true)]
    // By a clock that was ahead when the backup was made: nobody knows how old it is.
    [InlineData(-0.1, null)]
    [InlineData(-4000, null)]
    public void a_backup_is_stale_after_two_days(double days, bool? holds)
        => Assert.Equal(
            holds, AlertFacts.OfBackup(Noon.AddDays(-days), Noon).SingleOrDefault() is { } fact
                ? Rule("BackupStale").Holds(fact.Value, isRaised: false) : null);

    [Fact]
    public void without_a_backup_nothing_is_said() => Assert.Empty(AlertFacts.OfBackup(null, Noon));

    [Theory]
    [InlineData(false, 30.0, 1.0, null)]
    [InlineData(true, 1.0, 1.0, null)]
    [InlineData(true, 15.0, 1.0, "The mirror npm could not ask its upstream for 15 days")]
    [InlineData(true, 15.0, 40.0, "The mirror npm could not ask its upstream about all that is used for 33 days")]
    [InlineData(false, 0.0, 20.0, null)]
    [InlineData(false, 0.0, 22.0, "The mirror npm could not ask its upstream about all that is used for 15 days")]
    // It failed once, and nobody has used it since.
    [InlineData(true, 100.0, null, null)]
    // It never answered, and is known for twenty days.
    [InlineData(true, null, null, "The mirror npm could not ask its upstream for 20 days")]
    [InlineData(true, -4000.0, -4000.0, null)]
    public void a_mirror_is_stale_when_it_could_not_ask_for_two_weeks(bool failing, double? answered, double? check, string? summary)
    {
        var facts = Told([Standing(failing, answered, check)], Noon.AddDays(-20));
        facts = facts.Apply(new MirrorEvent.Observed([Standing(failing, answered, check)], Noon.AddHours(-1)));
        var (rule, fact) = (Rule("MirrorStale"), Assert.Single(AlertFacts.Of(facts, Noon)));
        Assert.Equal(summary, rule.Holds(fact.Value, isRaised: false) ? rule.Words(fact) : null);
    }

    [Fact]
    public void what_the_registry_has_not_said_for_days_is_not_known()
    {
        var facts = Told([Standing(failing: true, 300, 300)], Noon);
        Assert.Single(AlertFacts.Of(facts, Noon.AddDays(2)));
        Assert.Empty(AlertFacts.Of(facts, Noon.AddDays(4)));
        Assert.Empty(AlertFacts.Of(facts, Noon.AddYears(-5)));
    }

    [Fact]
    public void whatever_the_times_are_a_mirror_that_answers_later_is_never_more_stale()
        => Prop.ForAll(
            Gen.Choose(-5000, 5000).ListOf(4).ToArbitrary(), static days =>
            {
                double Age(int answered, int check) => Assert.Single(AlertFacts.Of(
                    Told([Standing(failing: true, answered, check) with { RefreshDays = days[2] }], Noon), Noon)).Value;
                var (older, newer) = (Math.Max(days[0], days[1]), Math.Min(days[0], days[1]));
                return Age(newer, days[3]) <= Age(older, days[3]) && Age(days[3], newer) <= Age(days[3], older) && Age(older, newer) >= 0;
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void a_message_that_comes_late_or_names_one_twice_does_no_harm()
    {
        var facts = Told([Standing(failing: false, 0, 0)], Noon);
        Assert.Empty(RecordMirrorsHandler.Handle(new MirrorsObserved([Standing(failing: true, 30, 30)], Noon.AddHours(-1)), facts));
        Assert.Empty(RecordMirrorsHandler.Handle(new MirrorsObserved([], Noon), facts: null));
        Assert.Empty(RecordMirrorsHandler.Handle(new MirrorsObserved([], Noon), new MirrorFacts()));
        var kept = Assert.IsType<MirrorEvent.Observed>(Assert.Single(RecordMirrorsHandler.Handle(
            new MirrorsObserved(
                [Standing(failing: true, 1, 1), Standing(failing: false, 0, 0), Standing(failing: true, 1, 1) with { Repository = "a\0b" }],
                Noon.AddHours(1)),
            facts)));
        Assert.Equal(["npm", "a b"], kept.Mirrors.Select(static mirror => mirror.Repository));
        // A clock that was ahead for years, and was put right.
        Assert.Single(RecordMirrorsHandler.Handle(new MirrorsObserved([Standing(failing: true, 30, 30)], Noon.AddYears(-3)), facts));
        Assert.Empty(facts.Apply(new MirrorEvent.Observed([], Noon.AddHours(2))).Mirrors);
    }

    [Fact]
    public async Task a_note_of_a_backup_and_a_message_of_the_registry_become_alerts_that_are_told_and_end()
    {
        await using var host = await MetricsHost.StartAsync(await postgres.CreateDatabaseAsync());
        var (watch, now, ct) = (
            host.Services.GetRequiredService<AlertWatch>(), TimeProvider.System.GetUtcNow(), TestContext.Current.CancellationToken);
        Directory.CreateDirectory(host.Layout.Home);
        LastBackup.Write(host.Layout, now.AddDays(-3));
        await host.SendAsync(new MirrorsObserved(
            [new MirrorStanding("pypi", "pypi", now.AddDays(-20), IsFailing: true, now.AddDays(-20), 7)], now));
        await watch.LookAsync(ct);
        Assert.Equal(
            ["BackupStale pending: The newest backup of this instance is 3 days old",
                "MirrorStale pending: The mirror pypi could not ask its upstream for 20 days"], await AlertsAsync());

        // It holds for ten minutes before anybody is told: as if it had been looked at before.
        await using (var command = host.Database.CreateCommand(
            "update metrics.mt_doc_alert set data = jsonb_set(data, '{since}', to_jsonb($1::text))"))
        {
            command.Parameters.Add(new() { Value = now.AddMinutes(-11).ToString("O") });
            await command.ExecuteNonQueryAsync(ct);
        }

        await watch.LookAsync(ct);
        Assert.Equal(["BackupStale", "MirrorStale"], await ToldAsync("alert_raised"));
        LastBackup.Write(host.Layout, now);
        await host.SendAsync(new MirrorsObserved(
            [new MirrorStanding("pypi", "pypi", now, IsFailing: false, now, 7)], now.AddSeconds(1)));
        await watch.LookAsync(ct);
        Assert.Equal(["BackupStale", "MirrorStale"], await ToldAsync("alert_cleared"));
        Assert.Empty(await AlertsAsync());
        Directory.Delete(host.Layout.Home, recursive: true);

        async Task<IEnumerable<string>> AlertsAsync() => (await host.GetAsync("/alerts"))["items"]!.AsArray()
            .Select(static alert => $"{alert!["rule"]} {alert["phase"]}: {alert["summary"]}").Order(StringComparer.Ordinal);

        async Task<IEnumerable<string>> ToldAsync(string type)
        {
            await host.Queues.SentAllAsync("metrics");
            return (await host.Queues.EnvelopesAsync("notify")).Where(sent => sent.MessageType == type)
                .Select(static sent => (string)JsonNode.Parse(sent.Data)!["rule"]!).Order(StringComparer.Ordinal);
        }
    }

    private static MirrorStanding Standing(bool failing, double? answered, double? check)
        => new("npm", "npm", Ago(answered), failing, Ago(check), RefreshDays: 7);

    private static DateTimeOffset? Ago(double? days) => days is { } d ? Noon.AddDays(-d) : null;

    private static MirrorFacts Told(IReadOnlyList<MirrorStanding> mirrors, DateTimeOffset at)
        => new MirrorFacts().Apply(new MirrorEvent.Observed(mirrors, at));

    private static AlertRule Rule(string name) => AlertRules.All.Single(rule => rule.Name == name);
}
