using System.Security.Cryptography;

using Auxo.Testing;

namespace Auxo.Pipeline.Tests.Host;

/// <summary>Finds what steps have started, by an argument that nothing else on this machine has.</summary>
internal static class SandboxProcesses
{
    /// <summary>A duration for <c>sleep</c>, about a day long.</summary>
    public static string Marker()
        => $"9{RandomNumberGenerator.GetInt32(1000, 9999)}.{RandomNumberGenerator.GetInt32(100_000_000, 999_999_999)}";

    public static Task GoneAsync(string marker)
        => Eventually.TrueAsync(() => Task.FromResult(Count(marker) == 0), "no process of the step is left", TimeSpan.FromSeconds(20));

    public static int Count(string marker)
        => Directory.EnumerateDirectories("/proc").Count(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])
            && CommandLine(folder).Contains($"sleep\0{marker}", StringComparison.Ordinal));

    private static string CommandLine(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "cmdline"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
