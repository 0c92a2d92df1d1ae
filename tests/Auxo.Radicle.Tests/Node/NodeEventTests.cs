using System.Text;

using Auxo.Testing;

using FsCheck;
using FsCheck.Fluent;

namespace Auxo.Radicle.Tests;

public sealed class NodeEventTests
{
    [Theory]
    [InlineData("events-alice.ndjson")]
    [InlineData("events-bob.ndjson")]
    [InlineData("events-bob-after-restart.ndjson")]
    public async Task every_recorded_line_is_understood(string file)
    {
        var events = await ReadAsync(file);
        Assert.Empty(events.OfType<NodeEvent.Garbled>());
        Assert.All(events.OfType<NodeEvent.RefsFetched>(), e => Assert.NotEmpty(e.Changes));
    }

    [Fact]
    public async Task the_recorded_events_name_the_patches_and_branches_that_changed()
    {
        var events = await ReadAsync("events-alice.ndjson");
        var fetched = events.OfType<NodeEvent.RefsFetched>().ToList();
        var first = fetched[0];

        var change = StorageChange.Of(first.Changes);
        Assert.Equal("e14b889615edb8bb1fa5bf4e99042042d7b1a8b6", Assert.Single(change.Patches).Value);
        Assert.All(first.Changes, c => Assert.Null(c.Old));
        Assert.Equal(first.From, Assert.Single(first.Changes.Select(c => c.Owner).Distinct()));
        Assert.Contains(fetched, e => StorageChange.Of(e.Changes).Branches.Count > 0);
        Assert.Contains(fetched.SelectMany(e => e.Changes), c => c.New is null);
        Assert.NotEmpty(events.OfType<NodeEvent.LocalRefsAnnounced>());
        Assert.NotEmpty(events.OfType<NodeEvent.CanonicalRefUpdated>());
    }

    [Fact]
    public void an_unknown_event_and_unknown_fields_are_ignored()
    {
        Assert.Equal(new NodeEvent.Ignored("moonPhaseChanged"), Parse("""{"type":"moonPhaseChanged","phase":3}"""));
        var known = Assert.IsType<NodeEvent.CanonicalRefUpdated>(Parse(
            """
            {"type":"canonicalRefUpdated","rid":"rad:z3FncxVBpRsxNgBiagEzr4ZRcGhW7","refname":"refs/heads/main",
             "target":"4dfe76c6c1f817af28b7afd24c3f59187635aaca","new":1}
            """));
        Assert.Equal("refs/heads/main", known.Name);
    }

    [Fact]
    public async Task recorded_announcements_are_dated_within_the_recorded_minutes()
    {
        foreach (var file in (string[])["events-alice.ndjson", "events-bob.ndjson"])
        {
            var events = await ReadAsync(file);
            List<DateTimeOffset> dates = [.. events.OfType<NodeEvent.Announced>()
                .Select(static e => e.At), .. events.OfType<NodeEvent.LocalRefsAnnounced>().Select(static e => e.At!.Value)];
            Assert.True(dates.Count > 5 && dates.Max() - dates.Min() < TimeSpan.FromHours(1), $"{file}: {string.Join(' ', dates)}");
        }
    }

    [Fact]
    public void a_peer_that_was_hung_up_on_for_its_clock_is_distinguished_from_one_that_went()
    {
        const string line = """{"type":"peerDisconnected","nid":"z6MkuTW8b6KxdEnxg2Lot5pjyekaE3TMo48i3ViACj3HWUQu","reason":"REASON"}""";
        var refused = Assert.IsType<NodeEvent.PeerRefused>(Parse(line.Replace(
            "REASON", "invalid announcement timestamp: 1795472954152 appears too far in the future compared to 1795465758725")));
        Assert.Equal("2026-11-23T22:29:14.1520000+00:00", refused.At.ToString("O"));
        Assert.IsType<NodeEvent.Ignored>(Parse(line.Replace("REASON", "connection reset")));
        Assert.IsType<NodeEvent.Ignored>(Parse(line.Replace("REASON", "invalid announcement timestamp: 99999999999999999999 appears")));
    }

    [Theory]
    [InlineData("1.5")]
    [InlineData("-1")]
    [InlineData("\"1\"")]
    [InlineData("253402300800000")]
    public void a_date_that_is_none_is_no_announcement(string timestamp)
        => Assert.IsType<NodeEvent.Garbled>(Parse(
            $$"""
            {"type":"inventoryAnnounced","nid":"z6MkuTW8b6KxdEnxg2Lot5pjyekaE3TMo48i3ViACj3HWUQu","inventory":[],
             "timestamp":{{timestamp}}}
            """));

    [Fact]
    public void skipped_refs_and_refs_outside_of_namespaces_change_nothing()
        => Assert.IsType<NodeEvent.Ignored>(Parse(
            """
            {"type":"refsFetched","rid":"rad:z3FncxVBpRsxNgBiagEzr4ZRcGhW7",
             "remote":"z6MkqGC3nWZhYieEVTVDKW5v588CiGfsDSmRVG9ZwwWTvLSK","updated":[
            {"skipped":{"name":"refs/namespaces/z6MkqGC3nWZhYieEVTVDKW5v588CiGfsDSmRVG9ZwwWTvLSK/refs/heads/main",
              "oid":"4dfe76c6c1f817af28b7afd24c3f59187635aaca"}},
            {"created":{"name":"refs/heads/main","oid":"4dfe76c6c1f817af28b7afd24c3f59187635aaca"}},{"newKind":{}}]}
            """));

    [Fact]
    public void whatever_a_line_holds_reading_it_never_throws()
    {
        var template = (
            """{"type":"refsFetched","rid":"rad:z3FncxVBpRsxNgBiagEzr4ZRcGhW7","remote":"z6Mk","updated":"""u8 +
            """[{"created":{"name":"n","oid":"o"}}]}"""u8).ToArray();
        Prop.ForAll((byte[] noise) => NodeEvent.Parse(noise ?? []) is not null).QuickCheckThrowOnFailure();
        Prop.ForAll((int at, byte value) =>
        {
            var line = template.ToArray();
            line[Math.Abs(at % line.Length)] = value;
            return NodeEvent.Parse(line) is NodeEvent.Garbled or NodeEvent.Ignored;
        }).QuickCheckThrowOnFailure();
    }

    private static NodeEvent Parse(string line) => NodeEvent.Parse(Encoding.UTF8.GetBytes(line));

    private static async Task<IReadOnlyList<NodeEvent>> ReadAsync(string file)
        => [.. (await File.ReadAllLinesAsync(Fixtures.Require("radicle/recorded/" + file))).Select(Parse)];
}
