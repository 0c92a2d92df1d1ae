namespace Auxo.Locks;

/// <summary><c>Pipfile.lock</c>: the groups <c>default</c> and <c>develop</c>, and others that a project names.</summary>
public static class PipfileLock
{
    /// <summary>Reads the packages of indexes.</summary>
    /// <exception cref="LockFormatException">It is no such file.</exception>
    public static IReadOnlyList<LockedPackage> Read(string text)
    {
        using var json = LockJson.Parse(text);
        if (!json.RootElement.TryGetProperty("default", out _)) throw new LockFormatException("it has no 'default'");
        var found = new List<LockedPackage>();
        foreach (var group in json.RootElement.EnumerateObject().Where(static g => g.Name != "_meta"))
        {
            foreach (var package in LockJson.Members(group.Value, group.Name))
            {
                if (LockJson.Text(package.Value, "version") is { } version && version.StartsWith("==", StringComparison.Ordinal))
                    LockJson.Add(found, new LockedPackage(package.Name, version.TrimStart('='), $"\"{package.Name}\": {{"));
            }
        }

        return found;
    }
}
