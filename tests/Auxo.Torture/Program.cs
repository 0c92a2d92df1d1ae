using System.Runtime.InteropServices;

using Auxo.Torture;
using Auxo.Torture.Kills;

if (TortureOptions.Parse(args, Console.Error) is not { } options) return 2;
if (options.List)
{
    foreach (var row in CrashMatrix.Rows) Console.WriteLine(row);
    return 0;
}

// The first Ctrl-C ends the killing and audits; the second one leaves, still in order: a killed torture would leave an instance behind.
using var stop = new CancellationTokenSource();
using var abort = new CancellationTokenSource();
void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    if (stop.IsCancellationRequested) abort.Cancel();
    stop.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    return await TortureRun.RunAsync(options, Console.Out, Console.Error, stop.Token, abort.Token) ? 0 : 1;
}
catch (OperationCanceledException) when (abort.IsCancellationRequested)
{
    return 130;
}
