using System.Collections;
using System.Security.Cryptography;
using System.Text;

namespace Auxo.Instances;

/// <summary>
/// What a start takes from its environment. A running instance keeps it as digests, since some of it is secret, so that a later
/// <c>up</c> can say that it asks for something else.
/// </summary>
public static class StartSettings
{
    private static readonly string[] Beginnings = ["Auxo__", "AUXO_PORTS_", "ConnectionStrings__", "RAD_HOME", "RAD_SOCKET"];

    /// <summary>The settings in an environment: name and digest, by name.</summary>
    public static IReadOnlyDictionary<string, string> Of(IDictionary environment)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in environment)
        {
            var (name, value) = ((string)variable.Key, (string?)variable.Value ?? "");
            if (value.Length == 0 || !Array.Exists(Beginnings, start => name.StartsWith(start, StringComparison.Ordinal))) continue;
            found[name] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{name}={value}")));
        }

        return found;
    }

    /// <summary>The names whose value differs, or that only one of the two has.</summary>
    public static IReadOnlyList<string> Differing(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other)
        => [.. one.Keys.Union(other.Keys).Where(name => one.GetValueOrDefault(name) != other.GetValueOrDefault(name))
            .Order(StringComparer.Ordinal)];
}
