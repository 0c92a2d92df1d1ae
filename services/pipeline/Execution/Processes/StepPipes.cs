using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace Auxo.Pipeline.Execution.Processes;

/// <summary>The pipes that a step gets its script from and prints to.</summary>
internal static partial class StepPipes
{
    /// <summary>
    /// Gives the pipes to the step's account. Its shell opens <c>/dev/fd/8</c> by name, programs <c>/dev/stdout</c> and
    /// <c>/dev/stderr</c>, and Linux asks then whose the pipe is, not who holds it. Call it before the step has its script.
    /// </summary>
    /// <param name="user">Null when the pipes are the step's already.</param>
    /// <param name="process">The step's process, with its streams redirected.</param>
    public static void GiveTo(StepUser? user, Process process)
    {
        if (user is null) return;
        foreach (var stream in (ReadOnlySpan<Stream>)[process.StandardInput.BaseStream, process.StandardOutput.BaseStream])
            if (stream is PipeStream pipe) _ = ChangeOwner(pipe.SafePipeHandle, user.Uid, user.Gid);
    }

    [LibraryImport("libc", EntryPoint = "fchown")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ChangeOwner(SafeHandle file, uint owner, uint group);
}
