using System.CommandLine.Parsing;
using System.Globalization;

namespace Auxo.Cli.Output;

/// <summary>A size as people write it.</summary>
internal static class ByteSize
{
    private static readonly (string Unit, double Bytes)[] Units =
    [
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1L << 30), ("TiB", 1L << 40), ("kB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12),
        ("B", 1), ("", 1),
    ];

    /// <summary>Reads the value of an option, such as 500MiB or 10GiB.</summary>
    public static long? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var (unit, bytes) = Units.First(u => text.EndsWith(u.Unit, StringComparison.OrdinalIgnoreCase));
        if (double.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number * bytes is >= 1 and < 9e18) return (long)(number * bytes);
        result.AddError($"'{text}' is no size; write it as 500MiB or 10GiB.");
        return null;
    }
}
