using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Auxo.Pipeline.Logs;

/// <summary>What a step is called in file names and URLs.</summary>
public static class LogName
{
    private const int MaxLength = 100;
    private static readonly SearchValues<char> Safe = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    /// <summary>
    /// The name itself when it is plain; else its plain characters and eight digits of its hash, so that two steps never share
    /// a file. Applying it twice changes nothing.
    /// </summary>
    public static string Of(string step)
    {
        if (step.Length is > 0 and <= MaxLength && step[0] is not ('.' or '-') && !step.AsSpan().ContainsAnyExcept(Safe)) return step;
        var plain = new StringBuilder();
        foreach (var c in step.AsSpan(0, Math.Min(step.Length, 60)))
        {
            if (Safe.Contains(c)) plain.Append(c);
            else if (plain.Length > 0 && plain[^1] != '-') plain.Append('-');
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(step)))[..8];
        return $"{plain.ToString().Trim('-', '.')}-{hash}".TrimStart('-');
    }
}
