using System.Diagnostics;
using System.Globalization;

using Auxo.Instances;
using Auxo.Postgres;

namespace Auxo.Hosting.Tests;

public sealed class PostgresServerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-server-").FullName;

    public PostgresServerTests() => File.SetUnixFileMode(_folder, (UnixFileMode)0b111_001_001);

    [Fact]
    public async Task a_start_waits_until_the_number_of_a_killed_server_is_free()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems have no /proc.");
        var ct = TestContext.Current.CancellationToken;
        Directory.CreateDirectory(Path.Combine(_folder, "pg", "data"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "pg", "initialised"), "", ct);
        // Ends soon, and its number stays taken until the one who started it has ended: that one reads to the end of its input.
        using var parent = Process.Start(new ProcessStartInfo("bash", ["-c", "sleep 0.1 & echo $!; exec cat"])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true,
        })!;
        var killed = await parent.StandardOutput.ReadLineAsync(ct);
        await File.WriteAllTextAsync(Path.Combine(_folder, "pg", "data", "postmaster.pid"), killed + "\n", ct);
        // Not until its command line is empty: that it is for a moment while it becomes 'sleep', too.
        while (Processes.IsAlive(int.Parse(killed!, CultureInfo.InvariantCulture))) await Task.Yield();

        var preparing = Task.Run(() => new PostgresServer(
            Path.Combine(_folder, "pg"), Path.Combine(_folder, "run")).PrepareAsync(ct), ct);
        Assert.NotSame(preparing, await Task.WhenAny(preparing, WaitingAsync(preparing)));
        parent.StandardInput.Close();
        await preparing;
        Assert.False(Directory.Exists($"/proc/{killed}"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Long enough for a start that does not wait to be through.</summary>
    private static async Task WaitingAsync(Task start)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!start.IsCompleted && TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(1)) await Task.Yield();
    }
}
