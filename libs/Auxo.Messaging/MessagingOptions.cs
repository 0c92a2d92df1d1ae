using System.Reflection;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Auxo.Messaging;

/// <summary>What <c>AddMessaging</c> is told.</summary>
public sealed class MessagingOptions
{
    internal MessagingOptions(string serviceName) => ServiceName = serviceName;

    /// <summary>The service, and so its queue and (with <c>auxo_</c> before it) its role in the database.</summary>
    public string ServiceName { get; }

    /// <summary>Names of messages.</summary>
    public MessageTypes Types { get; } = new();

    /// <summary>What happens when a handler throws.</summary>
    public ErrorPolicies Policies { get; } = new();

    /// <summary>The schema of the queue, shared by all services of a database.</summary>
    public string SchemaName { get; set; } = "queues";

    /// <summary>
    /// How many messages (of different groups) are handled at once; each takes a database connection while it saves. Default 4.
    /// </summary>
    public int MaxConcurrency { get; set; } = 4;

    /// <summary>How often the queue is looked at when nothing rang, with up to a fifth of jitter. Default 5 s.</summary>
    public TimeSpan SlowPoll { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// A handler that takes longer has failed. Handlers decide and save; long work belongs to a leased worker. Default 60 s.
    /// </summary>
    public TimeSpan HandlerTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// So many processes may end while they handle one message; then it is buried unread, and the service can live. Default 5.
    /// </summary>
    public int MaxDeaths { get; set; } = 5;

    /// <summary>How long handled ids are kept to recognise a second sending. Default 7 days.</summary>
    public TimeSpan KeepHandled { get; set; } = TimeSpan.FromDays(7);

    internal List<Type> HandlerTypes { get; } = [];

    /// <summary>Names one message.</summary>
    public void MapMessage<T>(string name, JsonTypeInfo<T> json)
        where T : class
        => Types.Map(name, json);

    /// <summary>Names many: <c>o.MapMessages(ContractsJson.Default, MessageNames.All)</c>.</summary>
    public void MapMessages(JsonSerializerContext json, IEnumerable<KeyValuePair<Type, string>> names) => Types.Map(json, names);

    /// <summary>Names those that carry a <see cref="MessageIdentityAttribute"/>: a service's own commands.</summary>
    public void MapMessages(JsonSerializerContext json, params IEnumerable<Type> types) => Types.Map(json, types);

    /// <summary>Takes the handlers of one more assembly.</summary>
    public void AddHandlers(Assembly assembly) => HandlerTypes.AddRange(HandlerGraph.Discover(assembly));

    /// <summary>Takes one handler class, whatever its name.</summary>
    public void AddHandler(Type handler) => HandlerTypes.Add(handler);
}
