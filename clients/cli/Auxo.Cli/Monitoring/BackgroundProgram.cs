using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

using Auxo.Instances;

namespace Auxo.Cli.Monitoring;

/// <summary>One of the three as a process in the background, which goes on when this one has ended.</summary>
internal sealed class BackgroundProgram(MonitoringPlace place, string name)
{
    private const int SignalTerm = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    /// <summary>The process; null when it does not run.</summary>
    public int? Running()
    {
        if (!File.Exists(place.StateFile(name))) return null;
        var lines = File.ReadAllLines(place.StateFile(name));
        // A number alone may belong to somebody else by now.
        return lines.Length > 0 && int.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
            && Processes.IsAlive(pid) && IsOurs(Processes.CommandLine(pid)) ? pid : null;
    }

    /// <summary>True when what runs was started of the same program, with the same arguments and files.</summary>
    public bool IsAsBefore(string made) => File.ReadAllLines(place.StateFile(name)) is [_, var before, ..] && before == made;

    /// <summary>Stands for a program, its arguments and its files.</summary>
    public static string Made(MonitoredProgram start, IEnumerable<string> files)
        => Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', [start.Program, .. start.Arguments, .. files]))));

    /// <summary>Starts it; what it says goes into its log.</summary>
    /// <exception cref="CliException">It cannot be started.</exception>
    public int Start(MonitoredProgram start, string made, CliHost host)
    {
        PrivateFiles.MakeFolder(place.Folder(name));
        PrivateFiles.MakeFolder(place.Data(name));
        PrivateFiles.Write(place.Log(name), "");
        // The shell opens the log, because a pipe would break when this process ends.
        string[] session = OperatingSystem.IsLinux() ? ["setsid"] : ["nohup"];
        var info = new ProcessStartInfo("/bin/sh",
        [
            "-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null", "sh", place.Log(name),
            .. session, start.Program, .. start.Arguments,
        ])
        {
            UseShellExecute = false, WorkingDirectory = place.Folder(name),
        };
        if (host.ProgramVariables is { } variables)
        {
            info.Environment.Clear();
            foreach (var (key, value) in variables) info.Environment[key] = value;
        }

        // Tokens and connection strings are not theirs.
        foreach (var key in info.Environment.Keys.Where(IsAuxos).ToList()) info.Environment.Remove(key);
        using var process = Process.Start(info)
            ?? throw new CliException(ExitCode.Negative, $"{start.Program} could not be started.");
        PrivateFiles.Write(place.StateFile(name), $"{process.Id.ToString(CultureInfo.InvariantCulture)}\n{made}\n");
        return process.Id;
    }

    /// <summary>Asks it to end and waits; false when it does not.</summary>
    public async Task<bool> StopAsync(TimeProvider time, CancellationToken ct)
    {
        if (Running() is not { } pid) return true;
        _ = Posix.Kill(pid, SignalTerm);
        var began = time.GetTimestamp();
        while (Processes.IsAlive(pid))
        {
            if (time.GetElapsedTime(began) > Patience) return false;
            await Task.Delay(Poll, time, ct);
        }

        File.Delete(place.StateFile(name));
        return true;
    }

    /// <summary>The last lines of its log.</summary>
    public IReadOnlyList<string> LastWords(int most = 5)
        => File.Exists(place.Log(name)) ? [.. File.ReadLines(place.Log(name)).TakeLast(most)] : [];

    /// <summary>Linux tells the arguments, and its files are named in them; elsewhere there is the program's name.</summary>
    private bool IsOurs(string commandLine)
        => OperatingSystem.IsLinux()
            ? commandLine.Contains(place.Folder(name), StringComparison.Ordinal)
            : MonitoredPrograms.NamesOf(name).Any(known => commandLine.Contains(known, StringComparison.Ordinal));

    private static bool IsAuxos(string variable)
        => variable.StartsWith("AUXO_", StringComparison.Ordinal) || variable.StartsWith("Auxo__", StringComparison.Ordinal)
            || variable.StartsWith("ConnectionStrings__", StringComparison.Ordinal);
}
