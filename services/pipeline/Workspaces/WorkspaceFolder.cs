using System.Diagnostics;

using Auxo.Pipeline.Execution;

namespace Auxo.Pipeline.Workspaces;

/// <summary>
/// Gives away and removes folders that hold somebody else's files. Names that are no UTF-8 cannot pass through a .NET string,
/// so the system's own programs do what the base library cannot.
/// </summary>
internal static class WorkspaceFolder
{
    /// <summary>Gives the folder and all in it to the step's user; links are given themselves, never followed.</summary>
    public static Task OwnAsync(string folder, StepUser user, CancellationToken ct)
        => RunAsync("chown", ["-hR", $"{user.Uid}:{user.Gid}", "--", folder], ct);

    /// <summary>Removes a folder and everything in it, whatever its names and permission bits; links are removed, never followed.</summary>
    public static async Task RemoveAsync(string folder, CancellationToken ct)
    {
        if (!Directory.Exists(folder)) return;
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await RunAsync("chmod", ["-R", "u+rwX", "--", folder], ct);
            await RunAsync("rm", ["-rf", "--", folder], ct);
        }
    }

    private static async Task RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken ct)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false };
        using var process = Process.Start(start) ?? throw new IOException($"{program} could not be started.");
        var errors = await process.StandardError.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        if (process.ExitCode != 0) throw new IOException($"{program} ended with {process.ExitCode}: {errors.Trim()}");
    }
}
