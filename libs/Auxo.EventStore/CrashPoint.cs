using System.Diagnostics;

namespace Auxo.EventStore;

/// <summary>
/// Named places where a test may let the process die as if by <c>kill -9</c>: with <c>AUXO_CRASH_AT=name</c> in its environment the process
/// sends itself SIGKILL when it comes by. Otherwise a point costs one comparison.
/// </summary>
public static class CrashPoint
{
    private static readonly string? Armed = Environment.GetEnvironmentVariable("AUXO_CRASH_AT");

    /// <summary>Dies here when this point is armed; does not return then.</summary>
    public static void Hit(string name)
    {
        if (Armed is null || Armed != name) return;
        using var self = Process.GetCurrentProcess();
        self.Kill();
        using var never = new ManualResetEvent(initialState: false);
        never.WaitOne();
    }
}
