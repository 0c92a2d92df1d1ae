using System.CommandLine;
using System.Runtime.InteropServices;

using Auxo.Api;
using Auxo.Locks;

namespace Auxo.Cli.Mirrors.Prefetching;

/// <summary><c>auxo mirror prefetch FILE</c></summary>
internal static class PrefetchPackages
{
    /// <summary>Upstream answers more at once, and is left in peace with fewer.</summary>
    private const int AtOnce = 8;
    private const string AllPlatforms = "all";

    public static Command Create(CliHost host)
    {
        var file = new Argument<string>("file")
        {
            Description = "A lock file: " + string.Join(", ", LockFormat.All.Select(static f => f.Name)),
        };
        var repository = new Option<string?>("--repository") { Description = "The mirror; by default the only one for such packages" };
        var platform = new Option<string>("--platform")
        {
            Description = $"Python's wheels for this system and processor, such as linux_x86_64, or '{AllPlatforms}'",
            DefaultValueFactory = static _ => ThisPlatform(),
        };
        platform.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<string>() is not AllPlatforms and var text && !text.Contains('_', StringComparison.Ordinal))
                result.AddError(
                    $"A platform is like linux_x86_64, linux_aarch64, macosx_arm64 or win_amd64; '{AllPlatforms}' means every one.");
        });
        return new Command("prefetch", "Fetch what a lock file names, so that it can be installed without a network")
            { file, repository, platform }.Does(host, async (parsed, session, ct) =>
        {
            var (format, packages) = await ReadAsync(Path.GetFullPath(parsed.GetRequiredValue(file), host.WorkingFolder), ct);
            var mirror = await MirrorAsync(session, format, parsed.GetValue(repository), ct);
            var wheels = parsed.GetRequiredValue(platform);
            var report = new PrefetchReport(parsed.GetRequiredValue(file), mirror, wheels);
            await Parallel.ForEachAsync(
                packages, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct },
                async (package, token) => report.Add(package, await TryAsync(
                    session, mirror, package, format.Packages == "pypi" && wheels != AllPlatforms ? wheels : null, token)));
            report.Show(session.Terminal);
            return report.HasFailed ? ExitCode.Negative : ExitCode.Ok;
        });
    }

    private static async Task<(Prefetched? Done, string? Why)> TryAsync(
        Session session, string mirror, LockedPackage package, string? platform, CancellationToken ct)
    {
        try
        {
            return (await session.Clients.Registry.PrefetchAsync(
                mirror, new PrefetchRequest(package.Name, package.Version, platform), isLong: true, ct), null);
        }
        catch (CliException e)
        {
            return (null, e.Message);
        }
    }

    private static async Task<(LockFormat Format, IReadOnlyList<LockedPackage> Packages)> ReadAsync(string file, CancellationToken ct)
    {
        var format = LockFormat.Find(Path.GetFileName(file)) ?? throw new CliException(
            ExitCode.Usage, $"'{Path.GetFileName(file)}' is no lock file that Auxo knows.",
            "It knows " + string.Join(", ", LockFormat.All.Select(static f => f.Name)) + ".");
        try
        {
            return (format, format.PackagesOf(await File.ReadAllTextAsync(file, ct)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Usage, $"{file} cannot be read: {e.Message}", inner: e);
        }
        catch (LockFormatException e)
        {
            throw new CliException(ExitCode.Negative, $"{file} cannot be read as {format.Name}: {e.Message}", inner: e);
        }
    }

    private static async Task<string> MirrorAsync(Session session, LockFormat format, string? wanted, CancellationToken ct)
    {
        List<string> mirrors = [.. (await session.Clients.Registry.MirrorsAsync(ct)).Items.Where(m => m.Format == format.Packages)
            .Select(static m => m.Repository)];
        if (wanted is not null && mirrors.Contains(wanted)) return wanted;
        if (wanted is null && mirrors.Count == 1) return mirrors[0];
        if (wanted is null && mirrors.Contains(format.Packages)) return format.Packages;
        throw mirrors.Count == 0
            ? new CliException(ExitCode.Negative, $"There is no mirror for packages of {format.Packages} yet.",
                $"Make one: auxo mirror add {format.Packages} URL")
            : new CliException(ExitCode.Usage, wanted is null
                    ? $"There are several mirrors for packages of {format.Packages}." : $"'{wanted}' is no mirror for such packages.",
                $"Name one: --repository {string.Join('|', mirrors)}");
    }

    /// <summary>As Python calls it.</summary>
    private static string ThisPlatform()
    {
        var (system, isArm) = (OperatingSystem.IsMacOS() ? "macosx" : OperatingSystem.IsWindows() ? "win" : "linux",
            RuntimeInformation.OSArchitecture == Architecture.Arm64);
        return $"{system}_{(system, isArm) switch
        {
            ("linux", true) => "aarch64",
            ("win", false) => "amd64",
            (_, true) => "arm64",
            _ => "x86_64",
        }}";
    }
}
