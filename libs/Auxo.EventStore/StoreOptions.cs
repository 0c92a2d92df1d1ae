using System.Reflection;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

using Auxo.EventStore.Projections;

namespace Auxo.EventStore;

/// <summary>What a service stores, and where.</summary>
public sealed class StoreOptions
{
    private readonly List<JsonSerializerContext> _json = [];

    /// <summary>Nothing yet.</summary>
    public StoreOptions()
    {
        Schema = new SchemaOptions(this);
        Projections = new ProjectionOptions(this);
    }

    /// <summary>The service's own schema.</summary>
    public string DatabaseSchemaName { get; set; } = "public";

    /// <summary>The events.</summary>
    public EventOptions Events { get; } = new();

    /// <summary>What is derived from events.</summary>
    public ProjectionOptions Projections { get; }

    /// <summary>The documents and the service's own tables.</summary>
    public SchemaOptions Schema { get; }

    /// <summary>
    /// Documents and snapshots for which no <see cref="JsonTypeInfo"/> is given are looked up in these source-generated
    /// contexts.
    /// </summary>
    public StoreOptions UseJson(params IEnumerable<JsonSerializerContext> contexts)
    {
        _json.AddRange(contexts);
        return this;
    }

    internal JsonTypeInfo<T> Json<T>()
    {
        foreach (var context in _json)
        {
            if (context.GetTypeInfo(typeof(T)) is JsonTypeInfo<T> json) return json;
        }

        throw new InvalidOperationException(
            $"How {typeof(T)} is written as JSON is not known: add [JsonSerializable(typeof({typeof(T).Name}))] to a "
                + "context given to UseJson.");
    }
}

/// <summary>The documents and the service's own tables.</summary>
public sealed class SchemaOptions
{
    private readonly StoreOptions _options;
    private readonly Dictionary<Type, Func<DocumentMapping>> _documents = [];
    private readonly List<(string Component, Assembly Assembly)> _components = [];

    internal SchemaOptions(StoreOptions options) => _options = options;

    internal IReadOnlyList<(string Component, Assembly Assembly)> Components => _components;

    /// <summary>
    /// Documents of type <typeparamref name="T"/> are kept in <c>mt_doc_{alias}</c>, by default <c>mt_doc_</c> and the type's
    /// name in lower case.
    /// </summary>
    /// <param name="id">The document's identity; needed to store it by hand, not for the documents of projections.</param>
    /// <param name="alias">The end of the table's name; write it out when the type might be renamed.</param>
    /// <param name="json">How it is written; by default looked up in the contexts of <see cref="StoreOptions.UseJson"/>.</param>
    public SchemaOptions For<T>(Func<T, string>? id = null, string? alias = null, JsonTypeInfo<T>? json = null)
        where T : class
    {
        _documents[typeof(T)] = () => new DocumentMapping<T>(
            _options.DatabaseSchemaName, alias ?? typeof(T).Name.ToLowerInvariant(), json ?? _options.Json<T>(), id);
        return this;
    }

    /// <summary>The service's own numbered SQL files, <c>{component}.001.sql</c> and on, embedded in <paramref name="assembly"/>.</summary>
    public SchemaOptions Add(string component, Assembly assembly)
    {
        _components.Add((component, assembly));
        return this;
    }

    internal void EnsureFor<T>()
        where T : class
    {
        if (!_documents.ContainsKey(typeof(T))) For<T>();
    }

    internal IReadOnlyList<DocumentMapping> Documents() => [.. _documents.Values.Select(make => make())];
}
