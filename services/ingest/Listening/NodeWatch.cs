using System.Text.Json;

using Auxo.Contracts;
using Auxo.Ingest.Scanning;
using Auxo.Radicle;

namespace Auxo.Ingest.Listening;

/// <summary>How Auxo stands with the Radicle node of this machine.</summary>
public enum NodeState
{
    /// <summary>There is no profile: Auxo works on git repositories and webhooks alone.</summary>
    Absent,

    /// <summary>The node tells what happens.</summary>
    Connected,

    /// <summary>It does not answer; the sweep finds what happens meanwhile.</summary>
    Down,

    /// <summary>There is a profile that must not be used.</summary>
    Locked,
}

/// <summary>The node, for people.</summary>
/// <param name="State">How it is.</param>
/// <param name="Home">RAD_HOME.</param>
/// <param name="Nid">Its id, once it answered.</param>
/// <param name="Alias">Its name in its configuration.</param>
/// <param name="Socket">Where it is asked.</param>
/// <param name="Since">Since when it is so.</param>
/// <param name="Reason">Why, and what to do; null when all is well.</param>
public sealed record NodeStatus(
    NodeState State, string? Home, string? Nid, string? Alias, string? Socket, DateTimeOffset Since, string? Reason);

/// <summary>
/// Listens to the node. Its events only say where to look; whenever something may have been missed, everything is swept. A
/// profile that appears while Auxo runs is found within a minute.
/// </summary>
public sealed partial class NodeWatch(Observer observer, NodeEnvironment environment, TimeProvider time, ILogger<NodeWatch> logger)
    : BackgroundLoop(time, logger)
{
    private static readonly TimeSpan SearchEvery = TimeSpan.FromMinutes(1);
    private readonly TaskCompletionSource _searched = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action _connected = static () => { };

    /// <summary>How it is now.</summary>
    public NodeStatus Status { get; private set; } = new(
        NodeState.Absent, null, null, null, null, time.GetUtcNow(), "Auxo has not looked for a profile yet.");

    /// <summary>What announcements say of clocks.</summary>
    public NodeClocks Clocks { get; } = new(time);

    /// <summary>The profile; null when there is none that may be used.</summary>
    public RadicleHome? Home { get; private set; }

    /// <summary>The profile, after it was looked for.</summary>
    public async Task<RadicleHome?> HomeAsync(CancellationToken ct)
    {
        await _searched.Task.WaitAsync(ct);
        return Home;
    }

    /// <summary>Calls back whenever the node is there (again).</summary>
    public void OnConnected(Action action) => _connected += action;

    /// <inheritdoc/>
    protected override TimeSpan PauseAfterError => Home is null ? SearchEvery : base.PauseAfterError;

    /// <inheritdoc/>
    protected override async Task TurnAsync(CancellationToken ct)
    {
        if (Home is null) await FindHomeAsync(ct);
        if (Home is null) await Task.Delay(SearchEvery, Time, ct);
        else await ListenAsync(Home, ct);
    }

    /// <inheritdoc/>
    protected override void Report(Exception e)
    {
        if (Home is not null)
        {
            Log.StreamDied(logger, e);
            return;
        }

        Log.SearchFailed(logger, e);
        Status = Status with { State = NodeState.Absent, Reason = $"The Radicle profile cannot be read: {e.Message}" };
        _searched.TrySetResult();
    }

    private async Task FindHomeAsync(CancellationToken ct)
    {
        switch (await RadicleHome.FindOwnAsync(environment.Variable, ct))
        {
            case RadicleHomeSearch.Found found:
                var home = found.Home;
                Status = new NodeStatus(NodeState.Down, home.Path, null, Alias(home), home.Socket, Time.GetUtcNow(), "Not connected yet.");
                Home = home;
                break;
            case RadicleHomeSearch.Absent absent:
                Status = Status with { State = NodeState.Absent, Reason = absent.Reason };
                break;
            case RadicleHomeSearch.Refused refused:
                if (Status.State != NodeState.Locked) Log.Refused(logger, refused.Reason);
                Status = Status with { State = NodeState.Locked, Reason = refused.Reason };
                break;
        }

        _searched.TrySetResult();
    }

    private async Task ListenAsync(RadicleHome home, CancellationToken ct)
    {
        await observer.Started.WaitAsync(ct);
        var control = new NodeControl(home.Socket, Time);
        await foreach (var signal in new NodeEvents(control, Time).ReadAsync(ct)) await HearAsync(signal, control, ct);
    }

    private async Task HearAsync(NodeSignal signal, NodeControl control, CancellationToken ct)
    {
        switch (signal)
        {
            case NodeSignal.Connected:
                Status = Status with { State = NodeState.Connected, Since = Time.GetUtcNow(), Reason = null,
                    Nid = await NidAsync(control, ct) ?? Status.Nid };
                Log.Connected(logger, Status.Nid, control.SocketPath);
                observer.SweepAll();
                _connected();
                break;
            case NodeSignal.Lost lost:
                Status = Status with { State = NodeState.Down, Since = Time.GetUtcNow(), Reason = lost.Reason };
                Log.Lost(logger, lost.Reason);
                break;
            case NodeSignal.Received { Event: var e }:
                Clocks.Hear(e, Status.Nid);
                if (Concerns(e) is { } rid) observer.Find(rid)?.Wake(DetectedBy.Event);
                break;
        }
    }

    /// <summary>The repository to look at; null when the event changes nothing here.</summary>
    public static Rid? Concerns(NodeEvent e) => e switch
    {
        NodeEvent.RefsFetched fetched => StorageChange.Of(fetched.Changes).IsEmpty ? null : fetched.Rid,
        NodeEvent.LocalRefsAnnounced announced => announced.Rid,
        NodeEvent.CanonicalRefUpdated updated => updated.Rid,
        _ => null,
    };

    private static async Task<string?> NidAsync(NodeControl control, CancellationToken ct)
    {
        try
        {
            return (await control.NodeIdAsync(ct)).Nid;
        }
        catch (NodeException)
        {
            return null;
        }
    }

    private static string? Alias(RadicleHome home)
    {
        try
        {
            using var config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(home.Path, "config.json")));
            return config.RootElement.GetProperty("node").GetProperty("alias").GetString();
        }
        catch (Exception e) when (
            e is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(120, LogLevel.Information, "Listening to the Radicle node {Nid} at {Socket}")]
        public static partial void Connected(ILogger logger, string? nid, string socket);

        [LoggerMessage(121, LogLevel.Warning, "The Radicle node cannot be heard: {Reason}")]
        public static partial void Lost(ILogger logger, string reason);

        [LoggerMessage(122, LogLevel.Error, "The Radicle profile is not used: {Reason}")]
        public static partial void Refused(ILogger logger, string reason);

        [LoggerMessage(123, LogLevel.Error, "The node's event stream ended; it is started again")]
        public static partial void StreamDied(ILogger logger, Exception exception);

        [LoggerMessage(124, LogLevel.Warning, "The Radicle profile cannot be read; it is tried again in a minute")]
        public static partial void SearchFailed(ILogger logger, Exception exception);
    }
}

/// <summary>Reads the environment, where <c>RAD_HOME</c> and <c>RAD_SOCKET</c> are looked for as <c>rad</c> does.</summary>
public sealed record NodeEnvironment(Func<string, string?> Variable);
