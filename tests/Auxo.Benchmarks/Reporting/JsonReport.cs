using System.Text.Encodings.Web;
using System.Text.Json;

namespace Auxo.Benchmarks.Reporting;

/// <summary>Everything, for other programs.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Renders it, with every sample in the order in which it was measured.</summary>
    public static string Of(Report report) => JsonSerializer.Serialize(
        new
        {
            report.Begun, report.Ended, report.Quick, report.Machine, report.LoadAfter, report.Failures,
            Figures = report.Measured.SelectMany(static m => m.Figures.Select(f => new
            {
                Benchmark = m.Name, f.What, f.Unit, f.IsPart, Auxo = Values(f.Auxo), Peer = f.Peer is null
                    ? null
                    : Values(f.Peer), f.Ratio, Goal = f.Goal?.Text, Met = f.Goal?.IsMet(f), f.Note,
            })),
        },
        Options);

    private static object Values(Measuring.Series samples) => new
    {
        samples.Count, samples.P50, samples.P95, samples.P99, Samples = samples.InOrder,
    };
}
