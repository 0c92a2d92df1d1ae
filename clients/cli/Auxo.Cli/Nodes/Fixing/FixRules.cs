using Auxo.Contracts;

namespace Auxo.Cli.Nodes.Fixing;

/// <summary>What each step should find, and what mends it. Pure: from what was read to what is to be done.</summary>
internal static class FixRules
{
    /// <summary>The unit that <c>auxo node setup</c> writes.</summary>
    public const string Unit = "radicle-node";

    private const string NoRepository = "no repository was named: --repo RID, or begin in a working copy";

    /// <param name="isInstalled">There is a program <c>tailscale</c>.</param>
    /// <param name="backend">What it calls its state; null when it does not say.</param>
    /// <param name="isOnline">This machine is seen by its control server. An address alone proves nothing.</param>
    public static FixLook Vpn(bool isInstalled, string? backend, bool isOnline) => (isInstalled, backend, isOnline) switch
    {
        (false, _, _) => new FixLook(FixState.Skipped, "tailscale is not installed here; nothing to do for another VPN"),
        (_, "Running", true) => new FixLook(FixState.Fine, "tailscale runs, and this machine is online"),
        (_, "NeedsLogin", _) => new FixLook(FixState.Blocked, "tailscale wants a login", "tailscale login"),
        _ => new FixLook(
            FixState.Needed, $"tailscale is not up ({backend ?? "it does not say how it is"})", "tailscale up", "tailscale down"),
    };

    /// <param name="listens">Where the node takes connections; null when it does not run.</param>
    /// <param name="problem">Why it cannot be asked, other than that it is stopped; null for no such reason.</param>
    /// <param name="configured">The addresses of its settings.</param>
    /// <param name="wanted">Where it should listen.</param>
    /// <param name="config">The file of its settings.</param>
    /// <param name="isUnit">systemd keeps it running.</param>
    public static FixLook Node(
        IReadOnlyList<string>? listens, string? problem, IReadOnlyList<string> configured, string wanted, string config, bool isUnit)
    {
        var (start, stop) = isUnit
            ? ($"systemctl --user restart {Unit}", $"systemctl --user stop {Unit}")
            : ("rad node start", "rad node stop");
        if (problem is not null) return new FixLook(FixState.Blocked, problem);
        if (listens is not null && listens.Any(l => Answers(l, wanted)))
            return new FixLook(FixState.Fine, $"runs and listens on {string.Join(", ", listens)}");
        var isConfigured = configured.Any(c => Answers(c, wanted));
        var write = isConfigured ? "" : $"add {wanted} to node.listen in {config}; ";
        return listens is null
            ? new FixLook(FixState.Needed, "does not run", write + start,
                stop + (isConfigured ? "" : $"; take {wanted} out of {config} again"))
            : new FixLook(
                FixState.Needed,
                $"runs and listens on {(listens.Count == 0 ? "nothing" : string.Join(", ", listens))}, not on {wanted}",
                write + (isUnit ? start : $"{stop}; {start}"),
                isConfigured ? stop : $"take {wanted} out of {config} again; {(isUnit ? start : $"{stop}; {start}")}");
    }

    /// <param name="wanted">Who should be connected, as <c>NID@host:port</c>; null when nobody is known.</param>
    /// <param name="isConnected">He is; with nobody wanted: anybody is.</param>
    /// <param name="isRunning">The node answers.</param>
    public static FixLook Peer(string? wanted, bool isConnected, bool isRunning) => (isRunning, isConnected, wanted) switch
    {
        (false, _, _) => new FixLook(FixState.Blocked, "the node does not answer"),
        (_, true, _) => new FixLook(FixState.Fine, wanted is null ? "a peer is connected" : $"{wanted} is connected"),
        (_, _, null) => new FixLook(
            FixState.Blocked, "no peer is connected, and none is known", "auxo node fix --peer NID@HOST:8776"),
        (_, _, { } peer) => new FixLook(
            FixState.Needed, $"{peer} is not connected", $"rad node connect {peer}",
            "rad node stop; rad node start (it is dialled once only)"),
    };

    /// <param name="rid">The repository; null when none was named.</param>
    /// <param name="readers">Delegates and allow list; null for a public repository.</param>
    /// <param name="isHere">The repository is in the storage.</param>
    /// <param name="own">This node.</param>
    /// <param name="peer">The peer; null when none is known.</param>
    /// <param name="isDelegate">This node's key may change who reads.</param>
    public static FixLook Allowed(Rid? rid, IReadOnlyCollection<Did>? readers, bool isHere, Did own, Did? peer, bool isDelegate)
    {
        if (rid is null) return new FixLook(FixState.Skipped, NoRepository);
        if (!isHere) return new FixLook(
            FixState.Skipped, "the repository is not here yet, so who may read it is not known. If it is private, a delegate allows you",
            $"a delegate: rad id update --repo {rid} --allow {own} --title \"Allow a reader\"; rad sync --announce");
        if (readers is null) return new FixLook(FixState.Fine, "the repository is public");
        if (!readers.Contains(own)) return new FixLook(
            FixState.Blocked, "this node is not allowed to read it any more",
            $"a delegate: rad id update --repo {rid} --allow {own} --title \"Allow a reader\"; rad sync --announce");
        if (peer is not { } other) return new FixLook(FixState.Fine, "this node is allowed");
        if (readers.Contains(other)) return new FixLook(FixState.Fine, $"this node and {other.Nid} are allowed");
        var allow = $"rad id update --repo {rid} --allow {other} --title \"Allow a reader\"; rad sync --announce";
        return isDelegate
            ? new FixLook(FixState.Needed, $"{other.Nid} is not allowed to read the private repository", allow,
                $"rad id update --repo {rid} --disallow {other} --title \"Disallow a reader\"; rad sync --announce (what it has it keeps)")
            : new FixLook(FixState.Blocked, $"{other.Nid} is not allowed to read it, and you are no delegate", "a delegate: " + allow);
    }

    /// <param name="rid">The repository; null when none was named.</param>
    /// <param name="policy">What <c>rad inspect --policy</c> says.</param>
    /// <param name="isHere">The repository is in the storage.</param>
    /// <param name="peer">From whom it can be fetched; null for nobody connected.</param>
    public static FixLook Seeding(Rid? rid, string policy, bool isHere, Did? peer)
    {
        if (rid is null) return new FixLook(FixState.Skipped, NoRepository);
        var (seedsAll, seeds) = (policy.Contains("scope `all`", StringComparison.Ordinal),
            policy.Contains("is being seeded", StringComparison.Ordinal));
        if (seedsAll && isHere) return new FixLook(FixState.Fine, "seeded with the refs of everybody, and here");
        if (!isHere && peer is null) return new FixLook(
            FixState.Blocked, "the repository is not here, and no peer is connected from whom to fetch it",
            "auxo node fix --peer NID@HOST:8776");
        return new FixLook(
            FixState.Needed,
            (isHere ? "" : "not here, and ") + (seedsAll ? "seeded" : seeds ? "seeded without the patches of strangers" : "not seeded"),
            $"rad seed {rid} --scope all{(isHere ? "" : $" --from {peer?.Nid}")}",
            seedsAll || !seeds ? $"rad unseed {rid}" : $"rad seed {rid} --scope followed");
    }

    /// <param name="rid">The repository; null when none was named.</param>
    /// <param name="isHere">The repository is in the storage.</param>
    /// <param name="peer">Who shall receive it; null for nobody connected.</param>
    /// <param name="branch">The branch that is pushed.</param>
    public static FixLook Push(Rid? rid, bool isHere, Did? peer, string branch) => (rid, isHere, peer) switch
    {
        (null, _, _) => new FixLook(FixState.Skipped, NoRepository),
        (_, false, _) => new FixLook(FixState.Blocked, "the repository is not here"),
        (_, _, null) => new FixLook(FixState.Blocked, "no peer is connected who could receive it"),
        _ => new FixLook(FixState.Needed, "whether a push reaches the peer is known only by one",
            $"push the default branch's head as {branch} into your own namespace, wait until {peer.Value.Nid} has it, remove it again",
            "nothing is left"),
    };

    /// <summary>An address answers what is wanted: the same, or the same port on an address that others can reach.</summary>
    public static bool Answers(string actual, string wanted)
    {
        if (actual == wanted) return true;
        var (host, port) = Split(actual);
        var (wantedHost, wantedPort) = Split(wanted);
        return port == wantedPort && wantedHost is ("0.0.0.0" or "[::]")
            && !host.StartsWith("127.", StringComparison.Ordinal) && host is not "[::1]" and not "localhost";
    }

    private static (string Host, string Port) Split(string address)
        => address.LastIndexOf(':') is >= 0 and var colon ? (address[..colon], address[(colon + 1)..]) : (address, "");
}
