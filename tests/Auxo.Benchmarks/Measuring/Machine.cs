using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Auxo.Benchmarks.Measuring;

/// <summary>What the figures were measured on; without it they say little.</summary>
/// <param name="Cores">Virtual ones.</param>
/// <param name="Processor">Its name.</param>
/// <param name="MemoryGiB">Of the machine.</param>
/// <param name="System">Distribution and kernel.</param>
/// <param name="FileSystem">Of the folder for temporary files, where the instances live.</param>
/// <param name="Programs">Versions of what takes part.</param>
/// <param name="LoadBefore">The load average of the last minute, before the run.</param>
internal sealed record Machine(
    int Cores, string Processor, int MemoryGiB, string System, string FileSystem, string Programs, double LoadBefore)
{
    /// <summary>Looks.</summary>
    public static async Task<Machine> ReadAsync(CancellationToken ct)
    {
        string[] programs =
        [
            $".NET {Environment.Version}", await FirstLineAsync("git", ["--version"], ct),
            await FirstLineAsync("postgres", ["--version"], ct), await FirstLineAsync("bwrap", ["--version"], ct),
            await FirstLineAsync("cib", ["--version"], ct), await FirstLineAsync("radicle-native-ci", ["--version"], ct),
        ];
        return new Machine(
            Environment.ProcessorCount, Line("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
            (int)Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30)),
            $"{Line("/etc/os-release", "PRETTY_NAME", '=')?.Trim('"') ?? RuntimeInformation.OSDescription}, "
                + $"kernel {Environment.OSVersion.Version}",
            new DriveInfo(Path.GetTempPath()).DriveFormat, string.Join(", ", programs.Where(static p => p.Length > 0)), LoadAverage());
    }

    /// <summary>The load average of the last minute.</summary>
    public static double LoadAverage()
        => File.Exists("/proc/loadavg") ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) : 0;

    private static string? Line(string file, string key, char separator = ':')
        => File.Exists(file) ? File.ReadLines(file)
            .FirstOrDefault(l => l.StartsWith(key, StringComparison.Ordinal))?.Split(separator, 2)[1].Trim() : null;

    internal static async Task<string> FirstLineAsync(string program, string[] arguments, CancellationToken ct)
    {
        var path = Postgres.PostgresBinaries.Find() is { } bin && program == "postgres" ? Path.Combine(bin, program) : program;
        try
        {
            using var process = Process.Start(new ProcessStartInfo(path, arguments) { UseShellExecute = false,
                RedirectStandardOutput = true, RedirectStandardError = true })!;
            var line = await process.StandardOutput.ReadLineAsync(ct);
            await process.WaitForExitAsync(ct);
            return line?.Trim() ?? "";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "";
        }
    }
}
