using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Auxo.Messaging;

/// <summary>
/// The written-out name of a message on the wire; a change that old readers cannot read is a new type with the next version.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class MessageIdentityAttribute(string name) : Attribute
{
    /// <summary>Such as <c>build_finished</c>.</summary>
    public string Name { get; } = name;

    /// <summary>From 1; later versions are called <c>build_finished.v2</c>.</summary>
    public int Version { get; set; } = 1;

    internal string WireName => Version == 1 ? Name : $"{Name}.v{Version}";
}

/// <summary>
/// The names of messages on the wire and how they are written as JSON. A name is always written out, never derived from a CLR name, so that
/// renaming a class cannot strand what lies in a queue.
/// </summary>
public sealed class MessageTypes
{
    private readonly Dictionary<Type, MessageType> _byType = [];
    private readonly Dictionary<string, MessageType> _byName = new(StringComparer.Ordinal);

    /// <summary>All names, in order.</summary>
    public IEnumerable<string> Names => _byName.Keys.Order(StringComparer.Ordinal);

    /// <summary>Gives <typeparamref name="T"/> its name. Saying the same twice is fine.</summary>
    /// <exception cref="ArgumentException">The name or the type is taken by another.</exception>
    public void Map<T>(string name, JsonTypeInfo<T> json)
        where T : class
        => Map(new MessageType(name, typeof(T), json));

    /// <summary>Maps every type of <paramref name="json"/> that <paramref name="names"/> names.</summary>
    /// <exception cref="ArgumentException">A named type is not in the context, or a name is taken.</exception>
    public void Map(JsonSerializerContext json, IEnumerable<KeyValuePair<Type, string>> names)
    {
        foreach (var (type, name) in names)
        {
            var info = json.GetTypeInfo(type) ?? throw new ArgumentException(
                $"{json.GetType().Name} does not know {type.Name}: add [JsonSerializable(typeof({type.Name}))].");
            Map(new MessageType(name, type, info));
        }
    }

    /// <summary>
    /// Maps the types of <paramref name="json"/> in <paramref name="candidates"/> that carry a
    /// <see cref="MessageIdentityAttribute"/>.
    /// </summary>
    public void Map(JsonSerializerContext json, IEnumerable<Type> candidates)
        => Map(json, from type in candidates
                     let identity = (MessageIdentityAttribute?)Attribute.GetCustomAttribute(type, typeof(MessageIdentityAttribute))
                     where identity is not null
                     select KeyValuePair.Create(type, identity.WireName));

    /// <summary>The names and how they are read, as tests of checked-in samples want them.</summary>
    public IReadOnlyDictionary<string, JsonTypeInfo> Json
        => _byName.ToDictionary(pair => pair.Key, pair => pair.Value.Json, StringComparer.Ordinal);

    /// <summary>The message type of a CLR type; null when it has no name.</summary>
    internal MessageType? Find(Type type) => _byType.GetValueOrDefault(type);

    /// <summary>The message type of that name; null when nobody here knows it.</summary>
    internal MessageType? Find(string name) => _byName.GetValueOrDefault(name);

    internal MessageType Require(Type type) => Find(type) ?? throw new InvalidOperationException(
        $"{type.Name} has no message name, so it cannot be sent. Map it where messaging is added: "
            + $"o.MapMessage(\"the_name\", Json.Default.{type.Name}).");

    private void Map(MessageType message)
    {
        if (_byType.TryGetValue(message.Type, out var same) && same.Name != message.Name)
            throw new ArgumentException($"{message.Type.Name} is called {same.Name} already and cannot be called {message.Name} as well.");
        if (_byName.TryGetValue(message.Name, out var other) && other.Type != message.Type)
            throw new ArgumentException(
                $"{message.Name} is the name of {other.Type.Name} already and cannot name {message.Type.Name} as well.");
        _byType[message.Type] = message;
        _byName[message.Name] = message;
    }
}

internal sealed record MessageType(string Name, Type Type, JsonTypeInfo Json);
