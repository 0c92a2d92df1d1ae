using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace Auxo.Pipeline.Execution.Processes;

/// <summary>The pipe that a step prints to.</summary>
internal static partial class StepOutput
{
    /// <summary>
    /// Gives the pipe to the step's account. Programs open <c>/dev/stdout</c> and <c>/dev/stderr</c> by name, and Linux asks then
    /// whose the pipe is, not who holds it. Call it before the step has its script.
    /// </summary>
    /// <param name="user">Null when the pipe is the step's already.</param>
    /// <param name="process">The step's process, with its output redirected.</param>
    public static void GiveTo(StepUser? user, Process process)
    {
        if (user is not null && process.StandardOutput.BaseStream is PipeStream pipe)
            _ = ChangeOwner(pipe.SafePipeHandle, user.Uid, user.Gid);
    }

    [LibraryImport("libc", EntryPoint = "fchown")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ChangeOwner(SafeHandle file, uint owner, uint group);
}
