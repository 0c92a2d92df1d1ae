using System.Text.Json;

namespace Auxo.Locks;

/// <summary><c>bun.lock</c>: JSON with commas at the ends of lists; of each package the first text is its name and version.</summary>
public static class BunLock
{
    /// <summary>Reads the packages of registries.</summary>
    /// <exception cref="LockFormatException">It is no such file.</exception>
    public static IReadOnlyList<LockedPackage> Read(string text)
    {
        using var json = LockJson.Parse(text, commas: true);
        if (!json.RootElement.TryGetProperty("packages", out var packages)) throw new LockFormatException("it has no 'packages'");
        var found = new List<LockedPackage>();
        foreach (var package in LockJson.Members(packages, "packages"))
        {
            if (package.Value.ValueKind != JsonValueKind.Array || package.Value.GetArrayLength() == 0
                || package.Value[0].ValueKind != JsonValueKind.String) continue;
            var named = package.Value[0].GetString()!;
            if (named.IndexOf('@', Math.Min(1, named.Length)) is > 0 and var at)
                LockJson.Add(found, new LockedPackage(named[..at], named[(at + 1)..], $"\"{package.Name}\": ["));
        }

        return found;
    }
}
