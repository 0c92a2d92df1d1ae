namespace Auxo.Locks.Direct;

/// <summary>What the project of a <c>packages.lock.json</c> names.</summary>
internal static class NuGetDirect
{
    public static IEnumerable<LockedPackage> Read(string text)
    {
        using var json = LockJson.Parse(text);
        if (!json.RootElement.TryGetProperty("dependencies", out var frameworks)) throw new LockFormatException("it has no 'dependencies'");
        var found = new List<LockedPackage>();
        foreach (var framework in LockJson.Members(frameworks, "dependencies"))
            foreach (var package in LockJson.Members(framework.Value, framework.Name))
                if (LockJson.Text(package.Value, "type") == "Direct" && LockJson.Text(package.Value, "resolved") is { } version)
                    LockJson.Add(found, new LockedPackage(package.Name, version, $"\"{package.Name}\": {{"));
        return found;
    }
}
