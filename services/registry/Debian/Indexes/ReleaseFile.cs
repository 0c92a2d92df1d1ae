using System.Text;

namespace Auxo.Registry.Debian.Indexes;

/// <summary>
/// What a <c>Release</c> or <c>InRelease</c> says of its indexes. Its signature is upstream's, and apt checks it; here it is passed over.
/// </summary>
/// <param name="HasByHash">The indexes can be asked for by their hashes.</param>
/// <param name="Indexes">Hash and length of each, by its name relative to the file's folder.</param>
public sealed record ReleaseFile(bool HasByHash, IReadOnlyDictionary<string, (string Sha256, long SizeBytes)> Indexes)
{
    private const int MostIndexes = 200_000;

    /// <summary>Reads one; without hashes it lists none.</summary>
    public static ReleaseFile Parse(ReadOnlySpan<byte> content)
    {
        var indexes = new Dictionary<string, (string, long)>(StringComparer.Ordinal);
        var (byHash, inHashes) = (false, false);
        foreach (var raw in Encoding.UTF8.GetString(content).AsSpan().EnumerateLines())
        {
            if (raw.StartsWith("-----BEGIN PGP SIGNATURE", StringComparison.Ordinal)) break;
            if (raw.Length == 0 || raw[0] != ' ')
            {
                inHashes = raw.TrimEnd().Equals("SHA256:", StringComparison.OrdinalIgnoreCase);
                byHash |= raw.StartsWith("Acquire-By-Hash:", StringComparison.OrdinalIgnoreCase)
                    && raw[(raw.IndexOf(':') + 1)..].Trim().Equals("yes", StringComparison.OrdinalIgnoreCase);
                continue;
            }

            if (!inHashes || indexes.Count == MostIndexes) continue;
            var parts = raw.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts is [{ Length: 64 } hash, var size, var name] && hash.All(char.IsAsciiHexDigit)
                && long.TryParse(size, out var bytes) && bytes >= 0) indexes[name] = (hash.ToLowerInvariant(), bytes);
        }

        return new ReleaseFile(byHash, indexes);
    }
}
