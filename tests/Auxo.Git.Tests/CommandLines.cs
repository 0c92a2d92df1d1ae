using System.Diagnostics;

namespace Auxo.Git.Tests;

/// <summary>How a process was started; empty when it has ended meanwhile. Linux only, as the tests that use it.</summary>
internal static class CommandLines
{
    public static string Of(Process process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }
}
