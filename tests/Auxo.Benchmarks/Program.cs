using System.Runtime.InteropServices;

using Auxo.Benchmarks;
using Auxo.Benchmarks.Console;
using Auxo.Benchmarks.Reporting;

var options = BenchmarkOptions.Parse(args, Console.Error);
if (options is null) return 2;
if (options.List)
{
    foreach (var benchmark in Catalogue.All) Console.WriteLine($"{benchmark.Group,-8} {benchmark.Name,-12} {benchmark.Says}");
    return 0;
}

// Ctrl-C ends what runs in order: a killed benchmark would leave nodes behind.
using var stop = new CancellationTokenSource();
void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

if (options.Screenshots is { } folder)
{
    await Pictures.MakeAsync(folder, Console.Error, stop.Token);
    return 0;
}

var report = await BenchmarkRun.RunAsync(Catalogue.Chosen(options), options, Console.Error, stop.Token);
Console.Out.Write(TextReport.Of(report));
if (options.Json is { } json) await File.WriteAllTextAsync(json, JsonReport.Of(report), CancellationToken.None);
if (options is { Write: { } page, Group: { } group }) await GeneratedPart.ReplaceAsync(
    page, group, MarkdownReport.Of(report), CancellationToken.None);
return report.Failures.Count == 0 && !stop.IsCancellationRequested ? 0 : 1;
