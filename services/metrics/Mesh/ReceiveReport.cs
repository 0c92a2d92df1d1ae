using System.Text.Json;
using System.Text.Json.Serialization;

using Auxo.Contracts.Mesh;
using Auxo.Metrics.Promises.Known;

using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Auxo.Metrics.Mesh;

/// <summary>
/// <c>PUT /api/mesh/report</c>: the agent of a node tells how it is. Its token names it, so that no node can speak for another. What is
/// news about private repositories leaves in the same transaction, in which its uptime is kept, too.
/// </summary>
public static class ReceiveReport
{
    /// <summary>One report after the other, so that no two of them tell the same.</summary>
    private static readonly SemaphoreSlim Turn = new(1, 1);

    internal static void Map(IEndpointRouteBuilder app)
        => app.MapPut("/api/mesh/report", HandleAsync).WithName("ReportNode").RequireScope(MetricsScopes.Report)
            .Accepts<NodeReport>("application/json").WithMetadata(new RequestSizeLimitAttribute(ReportRules.MostBytes));

    private static async Task<Results<Ok<ReportTaken>, ProblemHttpResult>> HandleAsync(
        HttpContext http, MeshTable table, Outbox outbox, TimeProvider time, CancellationToken ct)
    {
        var report = await ReadAsync(http.Request, ct);
        var name = ReportRules.NameOf(http.Caller());
        await Turn.WaitAsync(ct);
        try
        {
            var now = time.GetUtcNow();
            var all = await table.ListAsync(ct);
            var gone = all.Where(n => n.Name != name && now - n.ReceivedAt > ReportRules.Forgotten).ToList();
            IReadOnlyList<MeshNode> before = [.. all.Except(gone)];
            if (ReportRules.Refuse(name, report, before) is { } problem) return problem;
            var last = before.FirstOrDefault(n => n.Name == name);
            var node = new MeshNode(
                name, now, PrivacyNews.Carry(
                    last?.Report.Node == report.Node ? last.Report : null, ReportRules.Clean(report, now)));
            IReadOnlyList<MeshNode> others = [.. before.Where(n => n.Name != name)];
            await using var work = outbox.Open();
            if (gone.Count > 0) work.Session.QueueSqlCommand(MeshTable.Remove([.. gone.Select(static n => n.Name)]));
            work.Session.QueueSqlCommand(MeshTable.Put(node));
            foreach (var taken in gone) await KeepUptime.LostAsync(work.Session, taken, ct);
            await KeepUptime.ToldAsync(work.Session, node, all.FirstOrDefault(n => n.Name == name)?.ReceivedAt, ct);
            foreach (var message in PrivacyNews.Of(before, [.. others, node], name, now)) await work.PublishAsync(message);
            await work.SaveChangesAsync(ct);
            return TypedResults.Ok(new ReportTaken(
                name, [.. others.Select(static n => new MeshMate(n.Name, n.Report.Node, n.Report.Addresses))]));
        }
        finally
        {
            Turn.Release();
        }
    }

    private static async Task<NodeReport> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(request.Body, ReportJson.Default.NodeReport, ct)
                ?? throw new BadHttpRequestException("The body is null.");
        }
        catch (JsonException e)
        {
            throw new BadHttpRequestException($"The body is no report of a node: {e.Message}", e);
        }
    }
}

/// <summary>A report is input from another machine: a member that is missing or null is refused, one that is unknown is ignored.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, MaxDepth = 16)]
[JsonSerializable(typeof(NodeReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
