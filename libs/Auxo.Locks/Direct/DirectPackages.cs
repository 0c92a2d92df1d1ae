namespace Auxo.Locks.Direct;

/// <summary>
/// The packages of a lock file that its project itself names, with the versions that were taken: not what they bring along. Some lock
/// files say which those are; for the others the manifest beside them does.
/// </summary>
public static class DirectPackages
{
    /// <summary>The name of the manifest that has to be read with a lock file; null when the lock file says everything.</summary>
    public static string? ManifestOf(LockFormat format) => format.Name switch
    {
        "package-lock.json" or "npm-shrinkwrap.json" or "yarn.lock" => "package.json",
        "poetry.lock" or "pylock*.toml" => "pyproject.toml",
        "Pipfile.lock" => "Pipfile",
        _ => null,
    };

    /// <summary>Reads them, each version once.</summary>
    /// <param name="format">The kind of lock file.</param>
    /// <param name="text">Its text.</param>
    /// <param name="manifest">The text of the manifest beside it; null when there is none.</param>
    /// <exception cref="LockFormatException">One of the two is not what its name says.</exception>
    public static IReadOnlyList<LockedPackage> Of(LockFormat format, string text, string? manifest)
    {
        try
        {
            return [.. Read(format, text, manifest).DistinctBy(static package => (package.Name, package.Version))];
        }
        catch (InvalidOperationException)
        {
            // Half a character, as JSON can write it.
            throw new LockFormatException("it holds text that is no Unicode");
        }
    }

    private static IEnumerable<LockedPackage> Read(LockFormat format, string text, string? manifest) => format.Name switch
    {
        "package-lock.json" or "npm-shrinkwrap.json" => NpmDirect.OfNpm(text, manifest),
        "yarn.lock" => NpmDirect.OfYarn(text, manifest),
        "bun.lock" => NpmDirect.OfBun(text),
        "pnpm-lock.yaml" => PnpmDirect.Read(text),
        "packages.lock.json" => NuGetDirect.Read(text),
        "uv.lock" => PythonDirect.OfUv(text),
        "poetry.lock" or "pylock*.toml" => PythonDirect.Named(PythonLock.Read(text), PythonDirect.OfProject(manifest)),
        "Pipfile.lock" => PythonDirect.Named(PipfileLock.Read(text), PythonDirect.OfPipfile(manifest)),
        // Who keeps one by hand writes only his own packages into it, and who does not keeps no other list.
        _ => format.PackagesOf(text),
    };
}
