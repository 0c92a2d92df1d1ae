using Auxo.Cli.Nodes.Diagnosing;
using Auxo.Contracts;
using Auxo.Radicle;

namespace Auxo.Cli.Tests.Nodes;

public sealed class DiagnosisRulesTests
{
    private static readonly Did Own = Did.Parse("did:key:z6MktULudTtAsAhRegYPiZ6631RV3viv12qd4GQF8z1xB22S");
    private static readonly Did Bob = Did.Parse("did:key:z6MkqGC3nWZhYieEVTVDKW5v588CiGfsDSmRVG9ZwwWTvLSK");
    private static readonly Rid Repository = Rid.Parse("rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5");
    private static readonly DateTimeOffset Now = CliResult.Now;

    private static readonly TailscaleMachine Machine = new(
        "bob", "bob.tail1.ts.net", ["100.64.0.2"], IsOnline: true, IsActive: true, "192.0.2.7:41641", "nue",
            Now.AddMinutes(-1),
        Now.AddDays(100), IsExpired: false);

    private static readonly MeshPeer Peer = new(Bob, "100.64.0.2:8776", IsDialled: true)
    {
        Session = new NodeSession(Bob, Connected: true) { IsOutbound = true, Address = "100.64.0.2:8776" },
        Machine = Machine, Dial = new TcpDial(3, 3, 0.002), Ping = new TailscalePing(3, 3, 0.012, IsDirect: true),
    };

    private static readonly MeshRepository Demo = new(Repository, "demo", IsHere: true)
    {
        Readers = [Own, Bob], IsDelegate = true, IsSeeded = true, SeedsAll = true,
        Signed = new Dictionary<Did, SignedAt> { [Own] = new("a", Now.AddHours(-1)) },
        Seeds = [new NodeSeed(Bob, IsConnected: true, IsInSync: true, Now.AddMinutes(-59))],
    };

    private static readonly MeshReading Well = new(
        Now, Own, new TailscaleStatus("Running", Machine with { HostName = "ann", Addresses = ["100.64.0.1"] },
            [Machine], []),
        ["0.0.0.0:8776"], null, [Peer], [Demo], IsNamed: true);

    /// <summary>One fault, the check that must find it, how bad it is, and the command that mends it.</summary>
    public static TheoryData<int, string, string, string> Faults => new()
    {
        { 1, "stopped", "Critical", "tailscale up" },
        { 1, "login", "Critical", "tailscale login" },
        { 1, "garbled", "Critical", "systemctl" },
        { 1, "offline", "Critical", "tailscale up" },
        { 2, "own key", "Warning", "tailscale up --force-reauth" },
        { 2, "peer's key", "Critical", "on bob: tailscale up --force-reauth" },
        { 3, "peer off", "Critical", "on bob: tailscale up" },
        { 4, "relay", "Warning", "UDP 41641" },
        { 5, "old handshake", "Warning", "tailscale ping bob" },
        { 6, "loss", "Warning", "mtr 100.64.0.2" },
        { 6, "slow", "Warning", "mtr 100.64.0.2" },
        { 6, "nothing back", "Critical", "tailscale netcheck" },
        { 7, "refused", "Warning", "auxo node fix --listen 0.0.0.0:8776" },
        { 7, "dropped", "Warning", "auxo node setup" },
        { 8, "node stopped", "Critical", "auxo node fix" },
        { 8, "loopback", "Warning", "auxo node fix --listen" },
        { 8, "another address", "Warning", "auxo node fix --listen" },
        { 8, "listens nowhere", "Warning", "auxo node fix --listen" },
        { 9, "no session", "Critical", "auxo node fix --peer" },
        { 9, "not answered", "Critical", "auxo node fix --peer" },
        { 10, "peer not allowed", "Critical", "--allow did:key:z6MkqGC3nWZhYieEVTVDKW5v588CiGfsDSmRVG9ZwwWTvLSK" },
        { 10, "own not allowed", "Critical", "a delegate: rad id update" },
        { 11, "not seeded", "Critical", "rad seed rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5 --scope all" },
        { 11, "scope followed", "Warning", "--scope all" },
        { 11, "not here", "Critical", "auxo node fix --repo" },
        { 11, "peer has it not", "Warning", "on the peer: rad seed" },
        { 12, "behind", "Warning", "rad sync --announce" },
        { 13, "ahead", "Critical", "timedatectl" },
        { 13, "behind", "Warning", "timedatectl" },
    };

    [Fact]
    public void where_all_is_well_every_check_says_so()
    {
        var diagnosis = Diagnosis.Of(Well);

        Assert.Equal(Enumerable.Range(1, 13), diagnosis.All.Select(static i => i.Number).Order());
        Assert.All(diagnosis.All, static i => Assert.Equal((i.Number, DiagnosisState.Fine), (i.Number, i.State)));
        Assert.Null(diagnosis.RootOf(Assert.Single(diagnosis.Peers)));
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void a_fault_is_found_by_its_check_with_cause_and_command(int number, string fault, string state,
        string next)
    {
        var diagnosis = Diagnosis.Of(Broken(number, fault));

        var found = diagnosis.All.Single(i => i.Number == number);
        Assert.Equal(state, found.State.ToString());
        Assert.NotNull(found.Cause);
        Assert.Contains(next, found.Next, StringComparison.Ordinal);
        Assert.DoesNotContain(diagnosis.All, i => i.Number != number && i.State >= DiagnosisState.Warning);
        Assert.Equal(found, diagnosis.RootOf(diagnosis.Peers[0]));
    }

    [Fact]
    public void without_tailscale_plain_addresses_are_judged_and_the_vpn_is_not_known()
    {
        var diagnosis = Diagnosis.Of(Well with { Vpn = null, Peers = [Peer with { Machine = null, Ping = null }] });

        Assert.Equal([1, 2, 3, 4, 5],
            diagnosis.All.Where(static i => i.State == DiagnosisState.NotKnown).Select(static i => i.Number).Order());
        Assert.Contains("2 ms, 0 of 3 lost (TCP)", diagnosis.All.Single(static i => i.Number == 6).Evidence,
            StringComparison.Ordinal);
    }

    [Fact]
    public void a_vpn_that_no_peer_is_reached_over_is_only_a_warning()
        => Assert.Equal(DiagnosisState.Warning, VpnRules.Up(Well with
        {
            Vpn = TailscaleStatus.Parse("""{"BackendState":"Stopped"}"""), Peers = [Peer with { Address = "192.168.1.7:8776" }],
        }).State);

    [Fact]
    public void a_port_that_nobody_can_dial_is_critical_without_a_session()
        => Assert.Equal(DiagnosisState.Critical, SessionRules.Port(
            Peer with { Session = null, Dial = new TcpDial(1, 0, null, DialProblem.NoSuchHost) }).State);

    [Theory]
    [InlineData(true, "Fine")]
    [InlineData(false, "Warning")]
    public void of_all_repositories_some_may_be_closed_to_a_peer_but_not_every_one(bool another, string state)
    {
        var closed = Demo with { Readers = [Own] };
        var reading = Well with { IsNamed = false, Repositories = another ? [closed, Demo] : [closed] };

        Assert.Equal(state, RepositoryRules.Allowed(reading, Peer).State.ToString());
    }

    [Fact]
    public void what_was_signed_just_now_may_be_on_its_way()
    {
        var young = Demo with
        {
            Signed = new Dictionary<Did, SignedAt> { [Own] = new("b", Now.AddMinutes(-1)) },
            Seeds = [new NodeSeed(Bob, IsConnected: true, IsInSync: false, Now.AddHours(-1))],
        };

        Assert.Equal(DiagnosisState.Fine, RepositoryRules.Refs(Well with { Repositories = [young] }, Peer).State);
    }

    [Fact]
    public void nobody_to_talk_to_is_critical()
        => Assert.Contains(Diagnosis.Of(Well with { Peers = [] }).All,
            static i => i is { Number: 9, State: DiagnosisState.Critical });

    [Fact]
    public void the_matrix_is_told_the_root_and_not_what_follows_from_it()
    {
        var view = Assert.Single(PeerViews.Of(Well with
        {
            Peers = [Peer with { Session = new NodeSession(Bob, Connected: false),
                Dial = new TcpDial(1, 0, null, DialProblem.Refused) }],
        }));

        Assert.Equal((Bob.Nid, "bob", "100.64.0.2:8776", false, true),
            (view.Node, view.Alias, view.Address, view.Connected, view.Direct));
        Assert.Equal("nobody listens there: its node is stopped, or listens elsewhere", view.Cause);
        Assert.StartsWith("on the peer: auxo node fix", view.Next, StringComparison.Ordinal);
        Assert.Null(Assert.Single(PeerViews.Of(Well)).Cause);
    }

    [Fact]
    public void public_seeds_are_not_of_the_mesh()
    {
        var seed = Did.Parse("did:key:z6Mkg49NtQR2LyYRDCQFK4w1VVHqhypZSSRo7HsyuN7SV7v5");
        NodeSession Session(Did nid, string address) =>
            new(nid, Connected: true) { IsOutbound = true, Address = address };

        Assert.Equal([Bob], ReadMesh.Peers(
            ([], [$"{seed.Nid}@10.0.0.1:8776"]), [Session(Bob, "10.0.0.2:8776"), Session(seed, "10.0.0.1:8776")], null,
                Own, [])
            .Select(static p => p.Nid));
        Assert.Empty(ReadMesh.Peers(([], []), [Session(seed, "203.0.113.5:8776")], null, Own, []));
        Assert.Single(ReadMesh.Peers(([], []), [Session(Bob, "203.0.113.5:8776")], null, Own, [Demo]));
    }

    private static MeshReading Broken(int number, string fault) => (number, fault) switch
    {
        (1, "stopped") => Vpn(static v => v with { Backend = "Stopped" }),
        (1, "login") => Vpn(static v => v with { Backend = "NeedsLogin" }),
        (1, "garbled") => Vpn(static v => v with { Backend = null }),
        (1, "offline") => Vpn(static v => v with { Self = v.Self! with { IsOnline = false } }),
        (2, "own key") => Vpn(static v => v with { Self = v.Self! with { KeyExpiry = Now.AddDays(13) } }),
        (2, "peer's key") => With(Peer with { Machine = Machine with { KeyExpiry = Now.AddDays(-1) } }),
        (3, _) => With(Peer with { Machine = Machine with { IsOnline = false } }),
        (4, _) => With(Peer with { Machine = Machine with { DirectAddress = "" },
            Ping = new TailscalePing(3, 3, 0.09, IsDirect: false) }),
        (5, _) => With(Peer with { Machine = Machine with { LastHandshake = Now.AddMinutes(-6) } }),
        (6, "loss") => With(Peer with { Ping = new TailscalePing(3, 2, 0.01, IsDirect: true) }),
        (6, "slow") => With(Peer with { Ping = new TailscalePing(3, 3, 0.6, IsDirect: true) }),
        (6, _) => With(Peer with { Ping = new TailscalePing(3, 0, null, IsDirect: null) }),
        (7, "refused") => With(Peer with { Dial = new TcpDial(1, 0, null, DialProblem.Refused) }),
        (7, _) => With(Peer with { Dial = new TcpDial(1, 0, null, DialProblem.TimedOut) }),
        (8, "node stopped") => Well with { Listens = null, NodeProblem = "The Radicle node is not running." },
        (8, "loopback") => Well with { Listens = ["127.0.0.1:8776"] },
        (8, "another address") => Well with { Listens = ["192.168.1.2:8776"] },
        (8, _) => Well with { Listens = [] },
        (9, "no session") => With(Peer with { Session = null }),
        (9, _) => With(Peer with { Session = new NodeSession(Bob, Connected: false) }),
        (10, "peer not allowed") => With(Demo with { Readers = [Own] }),
        (10, _) => With(Demo with { Readers = [Bob] }),
        (11, "not seeded") => With(Demo with { IsSeeded = false, SeedsAll = false }),
        (11, "scope followed") => With(Demo with { SeedsAll = false }),
        (11, "not here") => With(new MeshRepository(Repository, Repository.Value, IsHere: false)),
        (11, _) => With(Demo with { Seeds = [] }),
        (12, _) =>
            With(Demo with { Seeds = [new NodeSeed(Bob, IsConnected: true, IsInSync: false, Now.AddHours(-2))] }),
        (13, "ahead") =>
            With(Demo with { Seeds = [new NodeSeed(Bob, IsConnected: true, IsInSync: true, Now.AddYears(3))] }),
        _ => With(Demo with { Seeds =
            [new NodeSeed(Bob, IsConnected: true, IsInSync: true, Now.AddHours(-1).AddSeconds(-5))] }),
    };

    private static MeshReading Vpn(Func<TailscaleStatus, TailscaleStatus> change) =>
        Well with { Vpn = change(Well.Vpn!) };

    private static MeshReading With(MeshPeer peer) => Well with { Peers = [peer] };

    private static MeshReading With(MeshRepository repository) => Well with { Repositories = [repository] };
}
