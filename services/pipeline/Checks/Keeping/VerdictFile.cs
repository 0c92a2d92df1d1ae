using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

using Auxo.Pipeline.Checks.Analysis;

namespace Auxo.Pipeline.Checks.Keeping;

/// <summary>The file is none that this program wrote, or not all of it.</summary>
/// <param name="message">Why, in one line.</param>
internal sealed class VerdictFileException(string message) : Exception(message);

/// <summary>
/// The file of verdicts: a line that says what wrote it, a line for each verdict, and a digest of all lines at the end, by
/// which a cut or damaged one is known. Another program's verdicts are never read: its checks may see otherwise.
/// </summary>
internal static class VerdictFile
{
    /// <summary>Of the file; more is not written and not read.</summary>
    public const int MostBytes = 32 << 20;

    private const UnixFileMode OthersMayWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>This program: its code, that of its libraries, and its rules.</summary>
    public static string Program { get; } = DigestOf();

    /// <summary>Replaces the file as a whole.</summary>
    /// <returns>How many verdicts are in it.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static int Write(
        string path, IEnumerable<KeptVerdict> verdicts, string? program = null, int most = MostBytes)
    {
        var fresh = path + ".new";
        File.Delete(fresh);
        var count = 0;
        using (var file = PrivateFiles.Open(fresh, FileMode.CreateNew, FileShare.None))
        using (var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256))
        {
            var room = (long)most - 100;
            Line(Encoding.UTF8.GetBytes(FirstLine(program ?? Program)));
            foreach (var verdict in verdicts)
            {
                var line = JsonSerializer.SerializeToUtf8Bytes(verdict, KeptVerdictJson.Default.KeptVerdict);
                if (line.Length + 1 > room) break;
                Line(line);
                count++;
            }

            file.Write(Encoding.UTF8.GetBytes(Convert.ToHexStringLower(digest.GetHashAndReset())));

            void Line(ReadOnlySpan<byte> line)
            {
                file.Write(line);
                file.WriteByte((byte)'\n');
                digest.AppendData(line);
                digest.AppendData("\n"u8);
                room -= line.Length + 1;
            }
        }

        File.Move(fresh, path, overwrite: true);
        return count;
    }

    /// <summary>Reads the file; nothing where there is none.</summary>
    /// <exception cref="VerdictFileException">It is broken, or another's.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReadOnlyList<KeptVerdict> Read(string path, string? program = null)
    {
        var info = new FileInfo(path);
        if (info.LinkTarget is not null) throw new VerdictFileException("it is a link");
        if (!info.Exists) return [];
        if ((info.UnixFileMode & OthersMayWrite) != UnixFileMode.None)
            throw new VerdictFileException("others may write it");
        if (info.Length > MostBytes) throw new VerdictFileException("it is too large");
        var bytes = File.ReadAllBytes(path).AsSpan();
        var end = bytes.LastIndexOf((byte)'\n') + 1;
        var first = bytes.IndexOf((byte)'\n') + 1;
        var digest = Convert.ToHexStringLower(SHA256.HashData(bytes[..end]));
        if (first == 0 || Encoding.UTF8.GetString(bytes[end..]) != digest)
            throw new VerdictFileException("it is cut or damaged");
        if (Encoding.UTF8.GetString(bytes[..(first - 1)]) != FirstLine(program ?? Program))
            throw new VerdictFileException("another version of Auxo wrote it");
        var verdicts = new List<KeptVerdict>();
        try
        {
            for (var rest = bytes[first..end]; !rest.IsEmpty;)
            {
                var line = rest[..rest.IndexOf((byte)'\n')];
                rest = rest[(line.Length + 1)..];
                verdicts.Add(JsonSerializer.Deserialize(line, KeptVerdictJson.Default.KeptVerdict)
                    ?? throw new VerdictFileException("a line of it is empty"));
            }
        }
        catch (JsonException e)
        {
            throw new VerdictFileException($"a line of it cannot be read: {e.Message}");
        }

        return verdicts;
    }

    private static string FirstLine(string program) => $"auxo verdicts 1 {program}";

    private static string DigestOf()
    {
        var own = typeof(VerdictFile).Assembly;
        var modules = own.GetReferencedAssemblies()
            .Where(static name => name.Name!.StartsWith("Auxo.", StringComparison.Ordinal))
            .OrderBy(static name => name.Name, StringComparer.Ordinal)
            .Select(static name => System.Reflection.Assembly.Load(name)).Append(own)
            .Select(static assembly => assembly.ManifestModule.ModuleVersionId.ToString("N"));
        var text = string.Join('|', modules.Append(RulePack.Own.Digest));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
    }
}
