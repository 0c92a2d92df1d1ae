using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

using Auxo.Benchmarks.Measuring;
using Auxo.Testing.Secrets;

namespace Auxo.Benchmarks.Checks;

/// <summary>
/// The corpus of secrets and look-alikes: which part of what the check names is a secret (precision), and which part of the
/// secrets it names (recall). Beside gitleaks with its own rules, where that is installed.
/// </summary>
internal static class SecretCorpusFound
{
    /// <summary>Counts.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        var samples = SecretCorpus.All;
        var own = samples.Select(sample
            => Pipeline.Checks.Secrets.Scan(Encoding.UTF8.GetBytes(sample.Text), sample.Path).Count > 0).ToList();
        var theirs = await GitleaksAsync(samples, ct);
        if (theirs is null) context.Miss("no gitleaks to compare with: it is not on PATH");
        var secrets = samples.Count(sample => sample.Rule is not null);
        return
        [
            new("precision: what is named and is a secret", "%", Series.One(Precision(samples, own)), Peer(samples, theirs, Precision),
                Goal.AtLeast(98))
            {
                Note = $"{samples.Count} files made for it, {secrets} with a secret and {samples.Count - secrets} that only look so; "
                    + "the peer is gitleaks with its own rules",
            },
            new("recall: secrets that are named", "%", Series.One(Recall(samples, own)), Peer(samples, theirs, Recall), Goal.AtLeast(98)),
        ];
    }

    private static Series? Peer(
        IReadOnlyList<SecretSample> samples, IReadOnlyList<bool>? named,
        Func<IReadOnlyList<SecretSample>, IReadOnlyList<bool>, double> measure)
        => named is null ? null : Series.One(measure(samples, named));

    private static double Precision(IReadOnlyList<SecretSample> samples, IReadOnlyList<bool> named)
    {
        var all = named.Count(isNamed => isNamed);
        return all == 0 ? 0 : 100.0 * Right(samples, named) / all;
    }

    private static double Recall(IReadOnlyList<SecretSample> samples, IReadOnlyList<bool> named)
        => 100.0 * Right(samples, named) / samples.Count(sample => sample.Rule is not null);

    private static int Right(IReadOnlyList<SecretSample> samples, IReadOnlyList<bool> named)
        => samples.Zip(named).Count(pair => pair.Second && pair.First.Rule is not null);

    /// <summary>Each sample in a folder of its own; null when there is no gitleaks.</summary>
    private static async Task<IReadOnlyList<bool>?> GitleaksAsync(IReadOnlyList<SecretSample> samples, CancellationToken ct)
    {
        var top = Directory.CreateTempSubdirectory("auxo-corpus-");
        try
        {
            for (var i = 0; i < samples.Count; i++)
            {
                var file = Path.Combine(top.FullName, "files", Number(i), samples[i].Path);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                await File.WriteAllTextAsync(file, samples[i].Text, ct);
            }

            var report = Path.Combine(top.FullName, "report.json");
            using var process = Process.Start(new ProcessStartInfo("gitleaks",
                ["detect", "--no-git", "--no-banner", "--exit-code", "0", "--report-format", "json", "--report-path", report,
                    "--source", Path.Combine(top.FullName, "files")])
            {
                UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
            await Task.WhenAll(process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct));
            await process.WaitForExitAsync(ct);
            using var found = JsonDocument.Parse(await File.ReadAllTextAsync(report, ct));
            var files = found.RootElement.EnumerateArray().Select(leak => leak.GetProperty("File").GetString() ?? "").ToList();
            return [.. samples.Select((_, i) => files.Exists(file => file.Contains($"/files/{Number(i)}/", StringComparison.Ordinal)))];
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
        finally
        {
            top.Delete(recursive: true);
        }
    }

    private static string Number(int i) => i.ToString("000", CultureInfo.InvariantCulture);
}
