using System.Diagnostics;
using System.IO.Enumeration;
using System.Runtime.InteropServices;

using Auxo.Pipeline.Execution;

namespace Auxo.Pipeline.Workspaces;

/// <summary>
/// Gives away and removes folders that hold somebody else's files. Names that are no UTF-8 cannot pass through a .NET string,
/// so the system's own programs do what the base library cannot.
/// </summary>
internal static partial class WorkspaceFolder
{
    /// <summary>Gives the folder and all in it to the step's user; links are given themselves, never followed.</summary>
    public static Task OwnAsync(string folder, StepUser user, CancellationToken ct)
        => TryOwn(folder, user) ? Task.CompletedTask : RunAsync("chown", ["-hR", $"{user.Uid}:{user.Gid}", "--", folder], ct);

    /// <summary>
    /// Removes a folder and everything in it, whatever its names and permission bits; links are removed, never followed. <c>rm</c> goes
    /// down by descriptors: also where somebody exchanges folders for links meanwhile, it stays below.
    /// </summary>
    public static async Task RemoveAsync(string folder, CancellationToken ct)
    {
        if (!Directory.Exists(folder)) return;
        try
        {
            await RunAsync("rm", ["-rf", "--", folder], ct);
        }
        catch (IOException)
        {
            await RunAsync("chmod", ["-R", "u+rwX", "--", folder], ct);
            await RunAsync("rm", ["-rf", "--", folder], ct);
        }
    }

    /// <summary>False when not all of it could be given: then chown does it, or says why not.</summary>
    private static bool TryOwn(string folder, StepUser user)
    {
        var everything = new FileSystemEnumerable<string>(
            folder, static (ref FileSystemEntry entry) => entry.ToFullPath(),
            new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false })
        {
            ShouldRecursePredicate = static (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        };
        // U+FFFD stands for what is no UTF-8.
        return everything.Prepend(folder).All(
            path => !path.Contains('\ufffd', StringComparison.Ordinal) && ChangeOwner(path, user.Uid, user.Gid) == 0);
    }

    [LibraryImport("libc", EntryPoint = "lchown", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ChangeOwner(string path, uint owner, uint group);

    private static async Task RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken ct)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false };
        using var process = Process.Start(start) ?? throw new IOException($"{program} could not be started.");
        var errors = await process.StandardError.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        if (process.ExitCode != 0) throw new IOException($"{program} ended with {process.ExitCode}: {errors.Trim()}");
    }
}
