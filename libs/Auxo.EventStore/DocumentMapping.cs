using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace Auxo.EventStore;

/// <summary>A type of document and the table <c>mt_doc_{alias}</c> it lives in.</summary>
internal abstract partial class DocumentMapping
{
    protected DocumentMapping(string schema, string alias, Type type)
    {
        if (!Alias().IsMatch(alias)) throw new InvalidOperationException(
            $"'{alias}' is no document name: lower-case letters, digits and _ only.");
        (TableName, Table, Type) = ($"mt_doc_{alias}", $"{schema}.mt_doc_{alias}", type);
    }

    /// <summary>Without the schema.</summary>
    public string TableName { get; }

    /// <summary>With the schema.</summary>
    public string Table { get; }

    public Type Type { get; }

    public abstract string IdOf(object document);
    public abstract byte[] Write(object document);
    public abstract object Read(ReadOnlySpan<byte> json);

    public static string Ddl(string table) => $"""
        create table if not exists {table} (
            id               text primary key,
            data             jsonb not null,
            mt_version       bigint not null default 0,
            mt_last_modified timestamptz not null default transaction_timestamp()
        ) with (fillfactor = 80)
        """;

    [GeneratedRegex("^[a-z][a-z0-9_]{0,50}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Alias();
}

internal sealed class DocumentMapping<T>(string schema, string alias, JsonTypeInfo<T> json, Func<T, string>? id)
    : DocumentMapping(schema, alias, typeof(T))
    where T : class
{
    public override string IdOf(object document)
        => id is null
            ? throw new InvalidOperationException(
                $"{Type} has no identity of its own: it is a projection's document. Give For<{Type.Name}> an id to store it by hand.")
            : id((T)document);

    public override byte[] Write(object document) => JsonSerializer.SerializeToUtf8Bytes((T)document, json);

    public override object Read(ReadOnlySpan<byte> utf8)
        => JsonSerializer.Deserialize(utf8, json) ?? throw new JsonException($"A document of {Table} is null.");
}
