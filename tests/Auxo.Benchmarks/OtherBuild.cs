using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

using Auxo.Benchmarks.Measuring;
using Auxo.Benchmarks.Reporting;

namespace Auxo.Benchmarks;

/// <summary>A second built copy of Auxo, such as an earlier commit's, which measures itself with its own benchmarks.</summary>
internal sealed partial class OtherBuild
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    private readonly string _program;

    private OtherBuild(string folder, string program) => (Folder, _program) = (folder, program);

    /// <summary>The working copy that it was built in.</summary>
    public string Folder { get; }

    /// <summary>Looks for the built benchmarks in a working copy; null: they are not there.</summary>
    public static OtherBuild? Find(string folder)
    {
        var program = Path.GetFullPath(Path.Combine(folder, "artifacts", "bin", "Auxo.Benchmarks", "release", "Auxo.Benchmarks"));
        return File.Exists(program) ? new OtherBuild(Path.GetFullPath(folder), program) : null;
    }

    /// <summary>The commit that it was built from, as far as its folder says it.</summary>
    public async Task<string> NameAsync(CancellationToken ct)
        => await Machine.FirstLineAsync("git", ["-C", Folder, "describe", "--always", "--dirty"], ct) is { Length: > 0 } commit
            ? $"Auxo at {commit}" : $"Auxo of the folder {Path.GetFileName(Folder)}";

    /// <summary>Runs one of its benchmarks to its end; what it says of itself.</summary>
    /// <exception cref="InvalidOperationException">It does not know this benchmark, or did not get to its end.</exception>
    public async Task<IReadOnlyList<OtherFigure>> MeasureAsync(string benchmark, bool quick, CancellationToken ct)
    {
        var file = Path.GetTempFileName();
        try
        {
            string[] arguments = ["--only", benchmark, "--json", file, .. quick ? ["--quick"] : Array.Empty<string>()];
            using var process = Process.Start(new ProcessStartInfo(_program, arguments)
            {
                UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
            // Ctrl-C reaches it too, and it ends in order; until then its nodes are not left behind.
            var (printed, said) = (process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct));
            await process.WaitForExitAsync(ct);
            await Task.WhenAll(printed, said);
            var report = new FileInfo(file).Length > 0
                ? JsonSerializer.Deserialize<OtherReport>(await File.ReadAllTextAsync(file, ct), Options) : null;
            // It may have missed a goal or a peer of its own; only figures count here.
            return report is { Figures.Count: > 0 } ? report.Figures
                : throw new InvalidOperationException($"'{benchmark}' of {Folder} measured nothing: {(await said).Trim()}");
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>
    /// Puts the rounds of both builds together, figure by figure: our values, and as the peer's the other build's. A figure that
    /// only we have keeps its values and has no peer. A figure is found by its name, whatever counts of processes stand in it.
    /// </summary>
    public static IReadOnlyList<Figure> Beside(
        IReadOnlyList<IReadOnlyList<Figure>> ours, IReadOnlyList<IReadOnlyList<OtherFigure>> others)
        => [.. ours[0].Select((figure, place) =>
        {
            var mine = ours.Where(r => r.Count > place).SelectMany(r => r[place].Auxo.InOrder);
            var theirs = others.Select(r => r.FirstOrDefault(o => o.What == figure.What)
                    ?? r.FirstOrDefault(o => Uncounted(o.What) == Uncounted(figure.What)))
                .OfType<OtherFigure>().SelectMany(static o => o.Auxo.Samples).ToList();
            return figure with
            {
                Auxo = new Series(mine), Peer = theirs.Count > 0 ? new Series(theirs) : null, Goal = null, Note = null,
            };
        })];

    private static string Uncounted(string what) => ProcessCount().Replace(what, "");

    [GeneratedRegex(@" \(\d+ processes\)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ProcessCount();

    private sealed record OtherReport(IReadOnlyList<OtherFigure> Figures);
}

/// <summary>A line of another build's report, as <see cref="JsonReport"/> writes it.</summary>
/// <param name="What">What was measured.</param>
/// <param name="Unit">Of its values.</param>
/// <param name="Auxo">The values.</param>
internal sealed record OtherFigure(string What, string Unit, OtherSeries Auxo);

/// <summary>Values of another build.</summary>
/// <param name="Samples">In the order in which they were measured.</param>
internal sealed record OtherSeries(IReadOnlyList<double> Samples);
