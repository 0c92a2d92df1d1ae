using System.Globalization;

using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>
/// Pushes that Radicle's own program has begun and not signed yet. It reads the signed refs, and fails when they are others at its
/// end; so whoever writes with the same key in between breaks the push of a person, who then has to push again. Waiting for
/// him costs a moment. Seen in <c>/proc</c>: elsewhere none is.
/// </summary>
public static class PushesUnderWay
{
    private const string Processes = "/proc";
    private const string Program = "git-remote-rad";

    private const int StartWord = 19;

    /// <summary>In which the kernel counts for programs, on every machine that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>A push that hangs is not waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Returns when no push to the repository is under way, or after a second.</summary>
    /// <param name="storage">The repository.</param>
    /// <param name="own">Whose signed refs are about to be written.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task WaitAsync(RadicleRepository storage, Did own, TimeProvider time, CancellationToken ct)
    {
        var begun = time.GetTimestamp();
        while (AreThere(storage.Path, own) && time.GetElapsedTime(begun) < Patience) await Task.Delay(Pause, time, ct);
    }

    /// <summary>Whether one has begun since the key's refs were signed last.</summary>
    /// <param name="repository">The folder of the repository in Radicle's storage, which has its name.</param>
    /// <param name="own">The key.</param>
    internal static bool AreThere(string repository, Did own)
    {
        if (!OperatingSystem.IsLinux()) return false;
        var signed = File.GetLastWriteTimeUtc(Path.Combine(repository, "refs", "namespaces", own.Nid, NewSignedRefs.Name));
        var id = Path.GetFileName(Path.TrimEndingDirectorySeparator(repository));
        // Files have the machine's time, whatever clock a test has.
        return Directory.EnumerateDirectories(Processes)
            .Any(process => IsPush(process, id) && Age(process) is var age && age < Patience + Patience
                && TimeProvider.System.GetUtcNow().UtcDateTime - age > signed);
    }

    private static bool IsPush(string process, string id)
        => int.TryParse(Path.GetFileName(process.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out _)
            && Read(process, "comm").AsSpan().TrimEnd() is Program
            && Read(process, "cmdline").Contains(id, StringComparison.Ordinal);

    /// <summary>How long a process runs, from the kernel's own count; one that has ended is as old as can be.</summary>
    private static TimeSpan Age(string process)
    {
        // The name in brackets may have spaces; its start is the 20th word after it.
        var words = Read(process, "stat").Split(") ")[^1].Split(' ');
        return words.Length > StartWord
            && long.TryParse(words[StartWord], NumberStyles.None, CultureInfo.InvariantCulture, out var start)
            && double.TryParse(Read(Processes, "uptime").Split(' ')[0], CultureInfo.InvariantCulture, out var uptime)
            ? TimeSpan.FromSeconds(uptime) - TimeSpan.FromSeconds(start / TicksPerSecond)
            : TimeSpan.MaxValue;
    }

    /// <summary>Empty when the process has ended, or is somebody else's.</summary>
    private static string Read(string process, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
