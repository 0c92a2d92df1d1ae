namespace Auxo.Locks;

/// <summary>NuGet's <c>packages.lock.json</c>: by target framework, each package with the version that was taken.</summary>
public static class NuGetLock
{
    /// <summary>Reads the packages, each version once; other projects are none.</summary>
    /// <exception cref="LockFormatException">It is no such file.</exception>
    public static IReadOnlyList<LockedPackage> Read(string text)
    {
        using var json = LockJson.Parse(text);
        if (!json.RootElement.TryGetProperty("dependencies", out var frameworks)) throw new LockFormatException("it has no 'dependencies'");
        var found = new List<LockedPackage>();
        var seen = new HashSet<(string, string)>();
        foreach (var framework in LockJson.Members(frameworks, "dependencies"))
        {
            foreach (var package in LockJson.Members(framework.Value, framework.Name))
            {
                if (LockJson.Text(package.Value, "type") == "Project"
                    || LockJson.Text(package.Value, "resolved") is not { } version) continue;
                if (seen.Add((package.Name.ToLowerInvariant(), version)))
                    LockJson.Add(found, new LockedPackage(package.Name, version, $"\"{package.Name}\": {{"));
            }
        }

        return found;
    }
}
