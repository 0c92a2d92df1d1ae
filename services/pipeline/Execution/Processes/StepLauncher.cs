using System.Collections.Concurrent;
using System.Diagnostics;

namespace Auxo.Pipeline.Execution.Processes;

/// <summary>
/// Starts the processes of steps on one thread that lives as long as Auxo. A sandbox dies with its parent, and for Linux
/// (<c>PR_SET_PDEATHSIG</c>) the parent is the <em>thread</em> that started it: from the thread pool, which ends idle threads,
/// a long step would be killed for no reason.
/// </summary>
public sealed class StepLauncher : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];

    /// <summary>Starts the thread.</summary>
    public StepLauncher()
        => new Thread(() =>
        {
            foreach (var start in _work.GetConsumingEnumerable()) start();
        }) { IsBackground = true, Name = "Auxo step launcher" }.Start();

    /// <summary>Starts a process. Fails as <see cref="Process.Start(ProcessStartInfo)"/> does.</summary>
    public Task<Process> StartAsync(ProcessStartInfo start)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} could not be started."));
            }
            catch (Exception e)
            {
                started.SetException(e);
            }
        });
        return started.Task;
    }

    /// <summary>Ends the thread, and with it every sandbox that still runs.</summary>
    public void Dispose() => _work.CompleteAdding();
}
