using System.Text.Json;

using Auxo.Contracts.Mesh;

using Npgsql;

namespace Auxo.Metrics.Mesh;

/// <summary>A node of the mesh with what its agent told last.</summary>
/// <param name="Name">What its token is called; people know it by that.</param>
/// <param name="ReceivedAt">When the report came, by this machine's clock.</param>
/// <param name="Report">What it told.</param>
public sealed record MeshNode(string Name, DateTimeOffset ReceivedAt, NodeReport Report);

/// <summary>The nodes of the mesh, one row each.</summary>
public sealed class MeshTable(NpgsqlDataSource database)
{
    /// <summary>All, by name.</summary>
    public async Task<IReadOnlyList<MeshNode>> ListAsync(CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            "select name, received, report from metrics.mesh_nodes order by name collate \"C\"");
        await using var reader = await command.ExecuteReaderAsync(ct);
        var nodes = new List<MeshNode>();
        while (await reader.ReadAsync(ct))
            nodes.Add(new MeshNode(
                reader.GetString(0), await reader.GetFieldValueAsync<DateTimeOffset>(1, ct),
                JsonSerializer.Deserialize(reader.GetString(2), StoredJson.Default.NodeReport)!));
        return nodes;
    }

    /// <summary>Keeps what a node told in place of what it told before.</summary>
    public static NpgsqlBatchCommand Put(MeshNode node) => new(
        """
        insert into metrics.mesh_nodes (name, nid, received, report) values ($1, $2, $3, $4::jsonb)
        on conflict (name) do update set nid = excluded.nid, received = excluded.received, report = excluded.report
        """)
    {
        Parameters =
        {
            new() { Value = node.Name }, new() { Value = node.Report.Node }, new() { Value = node.ReceivedAt },
            new() { Value = JsonSerializer.Serialize(node.Report, StoredJson.Default.NodeReport) },
        },
    };

    /// <summary>Forgets nodes.</summary>
    public static NpgsqlBatchCommand Remove(IReadOnlyCollection<string> names)
        => new("delete from metrics.mesh_nodes where name = any($1)") { Parameters = { new() { Value = names.ToArray() } } };
}
