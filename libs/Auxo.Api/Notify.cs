using System.Text.Json.Serialization;

using Refit;

namespace Auxo.Api;

/// <summary>What notify answers.</summary>
public interface INotify
{
    /// <summary>All channels, without their secrets.</summary>
    [Get("channels")]
    Task<Page<NotifyChannel>> ChannelsAsync(CancellationToken ct);

    /// <summary>Makes a channel or changes it.</summary>
    [Put("channels/{name}")]
    Task<ChannelConfigured> ConfigureAsync(string name, [Body] ChannelRequest request, CancellationToken ct);

    /// <summary>Removes a channel that no route leads to.</summary>
    [Delete("channels/{name}")]
    Task RemoveChannelAsync(string name, CancellationToken ct);

    /// <summary>A new signing secret; for a while the old one signs too.</summary>
    [Post("channels/{name}/secret")]
    Task<ChannelSecret> RotateAsync(string name, CancellationToken ct);

    /// <summary>Sends a test by the real way; the answer is the delivery that was planned.</summary>
    [Post("channels/{name}/test")]
    Task<Delivery> TestAsync(string name, CancellationToken ct);

    /// <summary>All routes.</summary>
    [Get("routes")]
    Task<Page<NotifyRoute>> RoutesAsync(CancellationToken ct);

    /// <summary>Who would hear of something; nothing is sent.</summary>
    [Get("recipients")]
    Task<Recipients> RecipientsAsync(
        string? type, string? rid, string? name, CancellationToken ct, string? level = null, string? branch = null, string? author = null,
        string? owner = null, string? change = null, DateTimeOffset? at = null);

    /// <summary>Who reads notifications, and how.</summary>
    [Get("readers")]
    Task<Page<NotifyReader>> ReadersAsync(CancellationToken ct);

    /// <summary>How somebody reads notifications; <c>self</c> is whose token it is.</summary>
    [Get("readers/{name}")]
    Task<NotifyReader> ReaderAsync(string name, CancellationToken ct);

    /// <summary>Says how somebody reads notifications; what is left out stays.</summary>
    [Put("readers/{name}")]
    Task<NotifyReader> ConfigureAsync(string name, [Body] ReaderRequest request, CancellationToken ct);

    /// <summary>Forgets how somebody reads notifications.</summary>
    [Delete("readers/{name}")]
    Task RemoveReaderAsync(string name, CancellationToken ct);

    /// <summary>Makes a route or replaces it.</summary>
    [Put("routes/{name}")]
    Task<NotifyRoute> ConfigureAsync(string name, [Body] RouteRequest request, CancellationToken ct);

    /// <summary>Removes a route.</summary>
    [Delete("routes/{name}")]
    Task RemoveRouteAsync(string name, CancellationToken ct);

    /// <summary>Sets up the routes that most want.</summary>
    [Put("routes")]
    Task<Page<NotifyRoute>> SetUpDefaultsAsync([Body] DefaultsRequest request, CancellationToken ct);

    /// <summary>The form of a channel's messages.</summary>
    [Get("channels/{name}/template")]
    Task<ChannelTemplate> TemplateAsync(string name, CancellationToken ct);

    /// <summary>Gives a channel's messages a form.</summary>
    [Put("channels/{name}/template")]
    Task<ChannelTemplate> SetTemplateAsync(string name, [Body] TemplateRequest request, CancellationToken ct);

    /// <summary>Gives a channel's messages the built-in form again.</summary>
    [Delete("channels/{name}/template")]
    Task RemoveTemplateAsync(string name, CancellationToken ct);

    /// <summary>What a message would look like.</summary>
    [Post("channels/{name}/template/preview")]
    Task<TemplatePreview> PreviewAsync(string name, [Body] PreviewRequest request, CancellationToken ct);

    /// <summary>A real alert, by the way that one of that rule would take.</summary>
    [Post("alerts/test")]
    Task<TestedAlert> TestAlertAsync([Body] TestAlertRequest request, CancellationToken ct);

    /// <summary>Deliveries, newest first.</summary>
    [Get("deliveries")]
    Task<Page<Delivery>> DeliveriesAsync(
        string? channel, string? state, int? limit, CancellationToken ct, string? after = null);

    /// <summary>One delivery with its log.</summary>
    [Get("deliveries/{id}")]
    Task<Delivery> DeliveryAsync(string id, CancellationToken ct);

    /// <summary>Makes a given-up delivery again.</summary>
    [Post("deliveries/{id}/replay")]
    Task<Replayed> ReplayAsync(string id, CancellationToken ct);

    /// <summary>Forgets a given-up delivery.</summary>
    [Delete("deliveries/{id}")]
    Task DeleteAsync(string id, CancellationToken ct);

    /// <summary>Makes all given-up deliveries again, or those of one channel.</summary>
    [Post("deliveries/replay")]
    Task<Replayed> ReplayAllAsync([Query] string? channel, CancellationToken ct);
}

/// <summary>A channel, without its secrets.</summary>
public sealed record NotifyChannel
{
    public required string Name { get; init; }
    [JsonConverter(typeof(Word))] public required string Kind { get; init; }
    public required string Target { get; init; }

    public required bool Enabled { get; init; }
    public string? Problem { get; init; }
    public DateTimeOffset? PausedUntil { get; init; }
    public DateTimeOffset? OldSecretUntil { get; init; }

    public required long Waiting { get; init; }
    public required long Dead { get; init; }
    public DateTimeOffset? LastDeliveredAt { get; init; }
    public required DateTimeOffset ConfiguredAt { get; init; }
}

/// <summary>What a channel shall be; exactly one part.</summary>
public sealed record ChannelRequest(
    WebhookRequest? Webhook = null, EmailRequest? Email = null, DesktopRequest? Desktop = null, ChatHookRequest? Slack = null,
    ChatHookRequest? Discord = null, ChatHookRequest? Teams = null, NtfyRequest? Ntfy = null, MatrixRequest? Matrix = null);

/// <summary>An incoming webhook of a chat service.</summary>
public sealed record ChatHookRequest(string Url);

/// <summary>A topic at an ntfy server; what is left out stays.</summary>
public sealed record NtfyRequest(string? Url, string? Token);

/// <summary>A Matrix room; what is left out stays.</summary>
public sealed record MatrixRequest(string? Url, string? Room, string? Token);

/// <summary>A webhook; what is left out stays.</summary>
public sealed record WebhookRequest(string? Url, string? Format, string? Secret);

/// <summary>E-mail; what is left out stays.</summary>
public sealed record EmailRequest(
    string? Host, int? Port, string? Security, string? From, IReadOnlyList<string>? To, string? User, string? Password);

/// <summary>A desktop has nothing to say.</summary>
public sealed record DesktopRequest;

/// <summary>A channel and, when one was made for it, its secret, shown this once.</summary>
public sealed record ChannelConfigured(NotifyChannel Channel, string? Secret);

/// <summary>A new secret, and until when the old one signs beside it.</summary>
public sealed record ChannelSecret(string Secret, DateTimeOffset OldUntil);

/// <summary>Who gets which notification.</summary>
public sealed record NotifyRoute(
    string Name, IReadOnlyList<string> On, IReadOnlyList<string> Repositories,
    [property: JsonConverter(typeof(Word))] string MinLevel, IReadOnlyList<string> Channels, DateTimeOffset ConfiguredAt)
{
    public IReadOnlyList<string> Branches { get; init; } = [];
    public IReadOnlyList<string> Authors { get; init; } = [];
    public IReadOnlyList<string> Owners { get; init; } = [];
    public IReadOnlyList<string> Changes { get; init; } = [];
    public IReadOnlyList<string> Hours { get; init; } = [];

    /// <summary>Where it speaks, no route after it is asked.</summary>
    public bool Last { get; init; }

    /// <summary>The people that get it.</summary>
    public IReadOnlyList<string> People { get; init; } = [];

    /// <summary>They get it in their digests only.</summary>
    public bool Digest { get; init; }

    /// <summary>The channels, and the people behind a sign.</summary>
    public IReadOnlyList<string> To => [.. Channels, .. People.Select(static p => "@" + p)];

    /// <summary>What it asks besides, in words; empty for nothing.</summary>
    public string Asks => string.Join("; ", new[]
    {
        ("branch", Branches), ("author", Authors), ("owner", Owners), ("change", Changes), ("hours", Hours),
    }.Where(static c => c.Item2.Count > 0).Select(static c => $"{c.Item1} {string.Join(" or ", c.Item2)}"));
}

/// <summary>Who would hear of something that happens; <c>Types</c> is what may be asked for.</summary>
public sealed record Recipients(
    string Type, [property: JsonConverter(typeof(Word))] string Level, IReadOnlyList<string> Types, IReadOnlyList<Recipient> Deliveries,
    IReadOnlyList<SilentRoute> Silent, IReadOnlyList<PersonTold>? People = null);

/// <summary>Somebody whom a route leads to, and what her preferences make of it.</summary>
public sealed record PersonTold(string Person, string Route, [property: JsonConverter(typeof(Word))] string How, string? Why);

/// <summary>A person, and how she reads notifications.</summary>
public sealed record NotifyReader
{
    public required string Name { get; init; }
    public IReadOnlyList<string> Dids { get; init; } = [];
    public IReadOnlyList<string> Handles { get; init; } = [];
    public IReadOnlyList<string> Emails { get; init; } = [];

    /// <summary>The channels that she may choose from.</summary>
    public IReadOnlyList<string> Offered { get; init; } = [];
    public IReadOnlyList<string> Channels { get; init; } = [];
    [JsonConverter(typeof(Word))] public required string MinLevel { get; init; }
    public bool Own { get; init; }

    public IReadOnlyList<string> Quiet { get; init; } = [];
    public required string Zone { get; init; }
    [JsonConverter(typeof(Word))] public required string Digest { get; init; }
    public required string DigestAt { get; init; }
    public IReadOnlyList<string> Mute { get; init; } = [];
    public DateTimeOffset ConfiguredAt { get; init; }
}

/// <summary>What shall be different of how somebody reads notifications.</summary>
public sealed record ReaderRequest(
    IReadOnlyList<string>? Dids = null, IReadOnlyList<string>? Handles = null, IReadOnlyList<string>? Emails = null,
    IReadOnlyList<string>? Channels = null, string? MinLevel = null, bool? Own = null, IReadOnlyList<string>? Quiet = null,
    string? Zone = null, string? Digest = null, string? DigestAt = null, IReadOnlyList<string>? Mute = null);

/// <summary>A channel that would hear it, and why it cannot be reached.</summary>
public sealed record Recipient(string Channel, string Route, string? Refusal, string Why = "");

/// <summary>A route that would say nothing.</summary>
public sealed record SilentRoute(string Route, string Why);

/// <summary>What a route shall be.</summary>
public sealed record RouteRequest(
    IReadOnlyList<string>? On, IReadOnlyList<string>? Repositories, string? MinLevel, IReadOnlyList<string> Channels,
    IReadOnlyList<string>? Branches = null, IReadOnlyList<string>? Authors = null, IReadOnlyList<string>? Owners = null,
    IReadOnlyList<string>? Changes = null, IReadOnlyList<string>? Hours = null, bool? Last = null,
    IReadOnlyList<string>? People = null, bool? Digest = null);

/// <summary>A delivery and how far it got; the log only when it was asked for alone.</summary>
public sealed record Delivery
{
    public required string Id { get; init; }
    public required string Channel { get; init; }
    public string? Route { get; init; }

    [JsonConverter(typeof(Word))] public required string State { get; init; }
    public string? Reason { get; init; }
    public int? Status { get; init; }
    public required int Attempts { get; init; }
    public DateTimeOffset? Due { get; init; }

    public required string Type { get; init; }
    public required string Title { get; init; }
    public required string NotificationId { get; init; }
    public string? CorrelationId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public IReadOnlyList<DeliveryAttempt>? Log { get; init; }

    /// <summary>Whom it is for; null where the route names the channel itself.</summary>
    public string? Reader { get; init; }
}

/// <summary>A line of the delivery log.</summary>
public sealed record DeliveryAttempt(
    int Attempt, string Outcome, int? Status, string? Detail, string? Excerpt, double? Seconds, DateTimeOffset EndedAt);

/// <summary>How many are made again.</summary>
public sealed record Replayed(int Count);

/// <summary>What the usual routes need to know.</summary>
public sealed record DefaultsRequest(string Mail);

/// <summary>The form of a channel's messages.</summary>
public sealed record ChannelTemplate(string Channel, string Source, string By, DateTimeOffset At);

/// <summary>A form to set.</summary>
public sealed record TemplateRequest(string Source);

/// <summary>A look at a form; without a source the one that the channel has.</summary>
public sealed record PreviewRequest(string? Type, string? Source);

/// <summary>What would be sent; the text is null where the built-in form would be.</summary>
public sealed record TemplatePreview(string Channel, string Type, string? Text, string? Problem);

/// <summary>An alert to try out.</summary>
public sealed record TestAlertRequest(string Rule, string? Severity, string? Rid, string? RepositoryName);

/// <summary>What became of an alert that was tried out.</summary>
public sealed record TestedAlert(string NotificationId, string Title, Recipients Recipients, IReadOnlyList<Delivery> Deliveries);
