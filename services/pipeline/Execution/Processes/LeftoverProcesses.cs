using System.Globalization;
using System.Text;

namespace Auxo.Pipeline.Execution.Processes;

/// <summary>
/// Processes of builds that outlived the pipeline that started them. A sandbox dies with its parent only from the moment on at
/// which its first process has asked for that; one whose <c>bwrap</c> was killed before waits for a word that never comes, with
/// the build's pipes in its hands. On the host, without a sandbox, nothing ends a step at all.
/// </summary>
internal static class LeftoverProcesses
{
    /// <summary>
    /// Ends them, of the builds of this instance's folder only. Call it before the first step is started. Does nothing where
    /// there is no <c>/proc</c>.
    /// </summary>
    /// <returns>How many there were.</returns>
    public static int End(InstanceLayout layout)
    {
        if (!Directory.Exists("/proc")) return 0;
        var ended = 0;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                || id == Environment.ProcessId || !IsOfABuild(Words(folder, "cmdline"), Words(folder, "environ"), layout)) continue;
            ProcessTree.Signal(id, ProcessTree.Kill);
            ended++;
        }

        return ended;
    }

    /// <summary>
    /// True for a <c>bwrap</c> with a folder of this instance among its arguments, and for a process whose home is one, as a
    /// step's on the host is. Somebody who only looks at such a folder has another home.
    /// </summary>
    public static bool IsOfABuild(IReadOnlyList<string> commandLine, IReadOnlyList<string> environment, InstanceLayout layout)
    {
        string[] places = [layout.Workspaces + "/", layout.Steps + "/"];
        return commandLine is [var program, ..] && Path.GetFileName(program) == "bwrap" && commandLine.Any(IsInside)
            || environment.Any(variable => variable.StartsWith("HOME=", StringComparison.Ordinal) && IsInside(variable["HOME=".Length..]));

        bool IsInside(string path) => places.Any(place => path.StartsWith(place, StringComparison.Ordinal));
    }

    private static string[] Words(string folder, string file)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(folder, file))).Split('\0');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is somebody else's.
            return [];
        }
    }
}
