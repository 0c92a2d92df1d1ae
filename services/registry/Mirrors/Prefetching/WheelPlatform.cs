namespace Auxo.Registry.Mirrors.Prefetching;

/// <summary>On which platforms a wheel runs, as its name says (PEP 425, 600 and 656).</summary>
public static class WheelPlatform
{
    private const string Wheel = ".whl";

    /// <summary>Of the files of a release, those that an installation on a platform may take.</summary>
    /// <param name="files">All of them.</param>
    /// <param name="nameOf">A file's name.</param>
    /// <param name="platform">System and processor, such as <c>linux_x86_64</c>; null for any.</param>
    public static IReadOnlyList<T> Choose<T>(IReadOnlyList<T> files, Func<T, string> nameOf, string? platform)
    {
        if (platform is null) return files;
        List<T> wheels = [.. files.Where(f => IsWheel(nameOf(f)) && Runs(nameOf(f), platform))];
        // Without a wheel the source is built.
        return wheels.Count > 0 ? wheels : [.. files.Where(f => !IsWheel(nameOf(f)))];
    }

    private static bool IsWheel(string name) => name.EndsWith(Wheel, StringComparison.Ordinal);

    /// <summary>Whether a wheel runs there; a name may say several platforms, with a '.' between them.</summary>
    private static bool Runs(string name, string platform)
        => name[(name.LastIndexOf('-') + 1)..^Wheel.Length].Split('.').Any(tag => tag == "any" || Fits(tag, platform));

    private static bool Fits(string tag, string platform)
    {
        var (system, processor) = (platform[..platform.IndexOf('_')], platform[(platform.IndexOf('_') + 1)..]);
        var isSystem = system == "linux"
            ? tag.StartsWith("manylinux", StringComparison.Ordinal) || tag.StartsWith("musllinux_", StringComparison.Ordinal)
                || tag.StartsWith("linux_", StringComparison.Ordinal)
            : tag.StartsWith(system + "_", StringComparison.Ordinal);
        return isSystem && (tag.EndsWith("_" + processor, StringComparison.Ordinal)
            || system == "macosx" && tag.EndsWith("_universal2", StringComparison.Ordinal));
    }
}
