namespace Auxo.EventStore;

/// <summary>Reads; takes a connection for as long as one call.</summary>
internal class QuerySession(DocumentStore store) : IQuerySession
{
    public IQueryEventStore Events { get; } = new QueryEventStore(store);

    protected DocumentStore Documents { get; } = store;

    public async Task<T?> LoadAsync<T>(string id, CancellationToken ct)
        where T : class
    {
        var found = await QueryAsync<T>("where id = $1", ct, id);
        return found.Count == 0 ? null : found[0];
    }

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string where, CancellationToken ct, params object[] parameters)
        where T : class
    {
        var document = Documents.Document(typeof(T));
        await using var command = Documents.Source.CreateCommand($"select data from {document.Table} as d {where}");
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var documents = new List<T>();
        while (await reader.ReadAsync(ct)) documents.Add((T)document.Read(reader.GetFieldValue<byte[]>(0)));
        return documents;
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
