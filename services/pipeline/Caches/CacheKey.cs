using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

using Auxo.Pipeline.Artifacts;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Workspaces;

namespace Auxo.Pipeline.Caches;

/// <summary>What a cache is called. Both parts are hexadecimal digits.</summary>
/// <param name="Name">Of what it is: the step, its image, this kind of machine, and the paths.</param>
/// <param name="Key">Of which contents it was made.</param>
internal sealed record CacheKey(string Name, string Key)
{
    private const int Digits = 32;

    /// <summary>All files of a key together.</summary>
    private const long MostBytes = 256L << 20;

    private const int MostFiles = 10_000;

    /// <summary>Reads the files that the key names, as they are now.</summary>
    /// <param name="step">The step.</param>
    /// <param name="cache">One of its caches.</param>
    /// <param name="workspace">Where the files are; links are not followed.</param>
    /// <param name="problem">Says which pattern names no file, or that they name too much; there is no key then.</param>
    public static CacheKey? Of(CommandStep step, StepCache cache, Workspace workspace, out string? problem)
    {
        problem = null;
        var contents = new StringBuilder();
        var (files, bytes) = (0, 0L);
        foreach (var pattern in cache.Key)
        {
            var names = WorkspaceFiles.Match(workspace.Path, pattern).Take(MostFiles + 1).Order(StringComparer.Ordinal).ToList();
            if ((files += names.Count) > MostFiles) return TooMuch(out problem);
            var any = false;
            foreach (var name in names)
            {
                using var file = BeneathFile.Open(workspace.Path, name, out _);
                if (file is null) continue;
                any = true;
                // It is read here and not in the step, whose limits hold nothing up here; an empty file of 1 TiB is made at once.
                if ((bytes += RandomAccess.GetLength(file)) > MostBytes) return TooMuch(out problem);
                using var stream = new FileStream(file, FileAccess.Read);
                var digest = Convert.ToHexStringLower(SHA256.HashData(stream));
                contents.Append(CultureInfo.InvariantCulture, $"{name.Length}:{name} {digest}\n");
            }

            if (!any)
            {
                problem = $"no file matches '{pattern}' of its key";
                return null;
            }
        }

        var what = string.Join('\n', [step.Name, step.Image ?? "", RuntimeInformation.OSArchitecture.ToString(),
            cache.InHome ? "~" : "", .. cache.Paths]);
        return new CacheKey(Hash(what), Hash(contents.ToString()));
    }

    private static CacheKey? TooMuch(out string? problem)
    {
        problem = $"its key has more than {MostFiles} files or {MostBytes >> 20} MiB; name those that say what is kept, "
            + "such as a lock file";
        return null;
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..Digits];
}
