using System.Text.Json;

using Auxo.Cli.Mesh.Agents;
using Auxo.Cli.Mesh.Agents.Looking;
using Auxo.Cli.Nodes.Privacy;
using Auxo.Contracts;
using Auxo.Contracts.Mesh;
using Auxo.Radicle;
using Auxo.Testing;

namespace Auxo.Cli.Tests.Mesh;

public sealed class AgentRulesTests
{
    private const string A = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";
    private const string B = "z6MkvZwzYS8W1C7c4d1oRzWqUyZ7k3BmL9e8sQfG5dX2aHnT";
    private static readonly Rid Rid = Rid.Parse(FakeAuxo.Rid, null);

    [Fact]
    public void it_waits_longer_each_time_and_never_longer_than_two_minutes()
        => Assert.Equal(
            [1, 2, 4, 8, 16, 32, 64, 120, 120],
            ((int[])[1, 2, 3, 4, 5, 6, 7, 8, 1000]).Select(static n => (int)AgentLoop.Pause(n).TotalSeconds));

    [Theory]
    [InlineData(0.5, 60)]
    [InlineData(20, 80)]
    [InlineData(600, 120)]
    public void a_look_that_takes_long_comes_less_often_but_often_enough(double took, int pause)
        => Assert.Equal(pause, (int)AgentLoop.Pause(TimeSpan.FromSeconds(took)).TotalSeconds);

    [Fact]
    public void a_report_is_cut_to_what_is_taken_and_violations_are_in_it_first()
    {
        var repositories = Enumerable.Range(0, 3000).Select(static i => new NodeRepository(
            $"rad:z{i:0000}gqcJUoA1n9HaHKufZs5FCSGazv5", "", "public", new string('1', 40), i == 2999 ? ["at X"] : [])).ToList();
        var report = Report() with
        {
            Repositories = repositories,
            Peers = [.. Enumerable.Range(0, 31).Select(i => new PeerView($"{B[..^2]}{i + 11}", null, null, Connected: true)
            {
                Refs = [.. repositories.Select(static r => new SeenRefs(r.Rid, r.SignedRefs!))],
            })],
        };

        var fit = ReportSize.Fit(report);

        Assert.InRange(JsonSerializer.SerializeToUtf8Bytes(fit, ReportSize.Json).Length, 10_000, 256 << 10);
        Assert.Equal("at X", Assert.Single(fit.Repositories[0].Violations));
        Assert.Equal(31, fit.Peers.Count);
        Assert.All(fit.Peers, p => Assert.Equal(fit.Repositories.Count, p.Refs.Count));
        var small = report with { Repositories = [.. repositories.Take(3)], Peers = [] };
        Assert.Equal(small.Repositories, ReportSize.Fit(small).Repositories);
    }

    [Fact]
    public void whom_the_node_does_not_know_is_not_connected()
    {
        var views = ReadPeers.WithAll(
            [new PeerView(A, null, null, Connected: true)],
            [new MeshMate("ann", A, ["ann:8776"]), new MeshMate("bob", B, ["bob:8776"]), new MeshMate("bob", B, [])]);

        Assert.Equal(
            [(A, "ann", "ann:8776", true), (B, "bob", "bob:8776", false)],
            views.Select(static v => (v.Node, v.Alias!, v.Address!, v.Connected)));
        Assert.Equal([A, B], ReadPeers.Keys(views).Select(static k => k.Nid));
    }

    [Fact]
    public void only_what_is_critical_is_a_violation_and_only_private_repositories_have_names()
    {
        var (own, stranger) = (Did.Parse("did:key:" + A), Did.Parse("did:key:" + B));
        var other = Rid.Parse("rad:z42hL2jL4XNk6K8oHQaSWfMgCL7ji", null);
        var refs = new Dictionary<Rid, IReadOnlyDictionary<Did, CommitId>>
        {
            [Rid] = new Dictionary<Did, CommitId> { [own] = CommitId.Parse(new string('1', 40)) },
            [other] = new Dictionary<Did, CommitId>(),
        };
        var reading = new PrivacyReading(Rid, "plans", IsPrivate: true, PublicSince: null, [own], [stranger], IsAnnounced: false);

        var told = NodeLook.Repositories(own, refs, [reading], new HashSet<Rid>());

        var plans = told.Single(static r => r.Rid == FakeAuxo.Rid);
        Assert.Equal(("plans", "private", new string('1', 40)), (plans.Name, plans.Visibility, plans.SignedRefs));
        Assert.Equal($"{Rid} is at a node that is not allowed: {B}", Assert.Single(plans.Violations));
        var open = told.Single(static r => r.Rid != FakeAuxo.Rid);
        Assert.Equal(("", "public", null, 0), (open.Name, open.Visibility, open.SignedRefs, open.Violations.Count));
    }

    [Fact]
    public void its_own_page_has_numbers_and_no_names_of_repositories()
    {
        var page = AgentPage.Of("ann\"\n", Report() with
        {
            Health =
            [
                new NodeHealthItem("node", "fine", "runs"), new NodeHealthItem("memory", "fine", "", 41.5),
                new NodeHealthItem("disk radicle", "fine", "", 80),
            ],
            Peers = [new PeerView(A, null, null, Connected: true), new PeerView(B, null, null, Connected: false)],
            Repositories = [new NodeRepository(FakeAuxo.Rid, "plans", "private", null, ["at X"])],
        }, DateTimeOffset.UnixEpoch.AddSeconds(5));

        foreach (var line in (string[])[
            "radicle_node_up{node=\"ann\\\" \"} 1\n", "radicle_node_peers{node=\"ann\\\" \",state=\"connected\"} 1\n",
            "radicle_node_memory_used_ratio{node=\"ann\\\" \"} 0.415\n", "mountpoint=\"radicle\"} 0.8\n",
            $"radicle_repo_private_violation{{node=\"ann\\\" \",repo=\"{FakeAuxo.Rid}\"}} 1\n",
            "auxo_agent_last_report_timestamp_seconds{node=\"ann\\\" \"} 5\n"])
            Assert.Contains(line, page, StringComparison.Ordinal);
        Assert.DoesNotContain("plans", page, StringComparison.Ordinal);
        Assert.DoesNotContain("cpu_used_ratio{", page, StringComparison.Ordinal);
        Assert.Equal("", AgentPage.Of(null, null, null));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("9101", "http://127.0.0.1:9101/")]
    [InlineData("10.0.0.2:9101", "http://10.0.0.2:9101/")]
    [InlineData("0.0.0.0:9101", "http://*:9101/")]
    [InlineData("[::1]:9101", "http://[::1]:9101/")]
    public void a_port_alone_is_one_of_this_machine(string? address, string? prefix)
        => Assert.Equal(prefix, MetricsListener.Prefix(address));

    [Theory]
    [InlineData("here")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:99999")]
    [InlineData("")]
    public void what_is_no_address_is_refused(string address)
        => Assert.Equal(ExitCode.Usage, Assert.Throws<CliException>(() => MetricsListener.Prefix(address)).Code);

    [Fact]
    public void the_unit_starts_this_program_with_this_profile()
    {
        var unit = InstallAgent.Unit("/opt/a b/auxo", new RadicleHome("/home/ann/100%", "/home/ann/s"), "/var/lib/auxo", "/usr/bin");

        foreach (var line in (string[])[
            "ExecStart=\"/opt/a b/auxo\" agent\n", "Environment=\"RAD_HOME=/home/ann/100%%\"\n",
            "Environment=\"AUXO_HOME=/var/lib/auxo\"\n",
            "Restart=on-failure\n", "RestartPreventExitStatus=2\n"])
            Assert.Contains(line, unit, StringComparison.Ordinal);
    }

    private static NodeReport Report() => new(A, "ann", "1.10.0", CliResult.Now, [], [], []);
}
