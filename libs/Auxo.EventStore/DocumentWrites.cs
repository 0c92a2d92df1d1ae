using Npgsql;

using NpgsqlTypes;

namespace Auxo.EventStore;

/// <summary>
/// Documents to be written and deleted; the last word on an id wins. One statement per table and kind, however many documents.
/// </summary>
internal sealed class DocumentWrites
{
    private readonly Dictionary<DocumentMapping, SortedDictionary<string, (byte[]? Data, long Version)>> _tables = [];

    public void Upsert(DocumentMapping mapping, string id, object document, long version)
        => Rows(mapping)[id] = (mapping.Write(document), version);

    public void Delete(DocumentMapping mapping, string id) => Rows(mapping)[id] = (null, 0);

    public void Clear() => _tables.Clear();

    /// <summary>Tables and ids in one order everywhere, so that two transactions cannot wait for each other.</summary>
    /// <param name="tableOf">Another table than the mapping's own, for a rebuild.</param>
    public IEnumerable<NpgsqlBatchCommand> Commands(Func<DocumentMapping, string>? tableOf = null)
    {
        foreach (var (mapping, rows) in _tables.OrderBy(table => table.Key.Table, StringComparer.Ordinal))
        {
            var table = tableOf?.Invoke(mapping) ?? mapping.Table;
            var deleted = rows.Where(row => row.Value.Data is null).Select(row => row.Key).ToArray();
            if (deleted.Length > 0) yield return new($"delete from {table} where id = any($1)") { Parameters =
                { new() { Value = deleted } } };
            if (deleted.Length == rows.Count) continue;
            var written = rows.Where(row => row.Value.Data is not null).ToList();
            yield return new(
                $"""
                insert into {table} (id, data, mt_version)
                select id, data, version from unnest($1, $2, $3) as u (id, data, version)
                on conflict (id) do update
                set data = excluded.data, mt_version = excluded.mt_version, mt_last_modified = transaction_timestamp()
                """)
            {
                Parameters =
                {
                    new() { Value = written.ConvertAll(row => row.Key).ToArray() },
                    new()
                    {
                        Value = written.ConvertAll(row => row.Value.Data!)
                            .ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb,
                    },
                    new() { Value = written.ConvertAll(row => row.Value.Version).ToArray() },
                },
            };
        }
    }

    private SortedDictionary<string, (byte[]? Data, long Version)> Rows(DocumentMapping mapping)
    {
        if (!_tables.TryGetValue(mapping, out var rows)) _tables[mapping] = rows = new(StringComparer.Ordinal);
        return rows;
    }
}
