using System.Diagnostics;

namespace Auxo.ServiceDefaults.Faults;

/// <summary>
/// Named places where a test may let the process die as if by <c>kill -9</c>. With <c>AUXO_CRASH_AT=name</c> in its environment
/// the process sends itself SIGKILL whenever it comes by; with <c>AUXO_CRASH_AT=/folder</c> it does so where the folder holds a
/// file <c>{OTEL_SERVICE_NAME}/{name}</c>, which is renamed to <c>….died</c> first, so that a file kills once, also where the
/// process is started again and again. Otherwise a point costs one comparison.
/// </summary>
public static class CrashPoint
{
    private static readonly string? Armed = Environment.GetEnvironmentVariable("AUXO_CRASH_AT");
    private static readonly string? Folder = Path.IsPathRooted(Armed)
        ? Path.Combine(Armed!, Environment.GetEnvironmentVariable("OTEL_SERVICE_NAME") ?? "")
        : null;

    /// <summary>Dies here when this point is armed; does not return then.</summary>
    public static void Hit(string name)
    {
        if (Armed is null || (Armed != name && !TakeToken(name))) return;
        using var self = Process.GetCurrentProcess();
        self.Kill();
        using var never = new ManualResetEvent(initialState: false);
        never.WaitOne();
    }

    private static bool TakeToken(string name)
    {
        if (Folder is null) return false;
        var token = Path.Combine(Folder, name);
        if (!File.Exists(token)) return false;
        try
        {
            File.Move(token, token + ".died", overwrite: true);
            return true;
        }
        catch (FileNotFoundException)
        {
            // Another thread was first, or it was taken back; then the process lives on, or dies by the other.
            return false;
        }
    }
}
