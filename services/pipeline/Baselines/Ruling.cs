using System.Security.Cryptography;
using System.Text;

using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Baselines;

/// <summary>All but the commit that decides what the checks find: Auxo's own rules, the programs, the settings.</summary>
internal static class Ruling
{
    private static readonly string OwnRules = typeof(Ruling).Module.ModuleVersionId.ToString("N");

    /// <summary>A digest of them as they are on this machine now.</summary>
    public static string Of(CheckSettings settings)
    {
        var text = new StringBuilder(OwnRules);
        foreach (var tool in CheckBatch.All.SelectMany(static check => check.Programs))
            text.Append('\n').Append(ToolProcess.Find(tool) is { } path ? VerdictCache.Ruling(path) : $"no {tool}");
        foreach (var (key, gate) in settings.Gates.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
            text.Append('\n').Append(key).Append('=').Append(gate);
        foreach (var (check, patterns) in settings.Ignore.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
            text.Append('\n').Append(check).Append('!').AppendJoin('\0', patterns);
        text.Append('\n').AppendJoin('\0', settings.Required);
        text.Append('\n').AppendJoin('\0', settings.Rules.Select(static file => file.Oid));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 12));
    }
}
