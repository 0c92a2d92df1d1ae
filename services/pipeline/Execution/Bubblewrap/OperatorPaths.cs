namespace Auxo.Pipeline.Execution.Bubblewrap;

/// <summary>The folders and files of the host that the operator opens to steps (<c>Auxo__Steps__ReadOnlyPaths</c>).</summary>
internal static class OperatorPaths
{
    /// <summary>What a step has of its own; nothing is laid over it.</summary>
    private static readonly string[] Own =
        ["/etc", "/proc", "/sys", "/dev", "/tmp", "/run", "/var/tmp", BubblewrapArguments.Home, BubblewrapArguments.Workspace];

    private static readonly string[] OwnWithAllBelow = ["/proc", "/dev", BubblewrapArguments.Workspace];

    /// <summary>Why steps cannot have one of the paths, and what to do; null when they can have all.</summary>
    public static string? Refuse(IEnumerable<string> paths, string home)
    {
        foreach (var path in paths)
        {
            var why = !Path.IsPathRooted(path) ? "is not absolute; begin it with '/'"
                : Holds(home, path) ? $"is in {home}, whose secrets steps would read; leave it out"
                : Holds(path, home) ? $"holds {home}, whose secrets steps would read; name the folders in it that steps need"
                : Own.FirstOrDefault(own => Holds(path, own)) is { } held
                    ? $"holds {held}, of which steps have their own; name the folders in it that steps need"
                : OwnWithAllBelow.FirstOrDefault(own => Holds(own, path)) is { } own
                    ? $"is in {own}, of which steps have their own; leave it out"
                : null;
            if (why is not null) return $"'{path}' in Auxo__Steps__ReadOnlyPaths {why}";
        }

        return null;
    }

    /// <summary>Every folder on the way to a path, the top one first.</summary>
    public static IEnumerable<string> Parents(string path)
    {
        for (var slash = path.IndexOf('/', 1); slash > 0; slash = path.IndexOf('/', slash + 1)) yield return path[..slash];
    }

    private static bool Holds(string folder, string path)
        => path == folder || path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);
}
