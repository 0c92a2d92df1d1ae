using System.Globalization;

namespace Auxo.Pipeline.Runners.Protocol;

/// <summary>How large a repository may be that is sent to a runner; <c>Auxo:Runner:PackMiB</c>.</summary>
/// <param name="PackBytes">The pack of what the runner has not.</param>
public sealed record PackSettings(long PackBytes)
{
    /// <summary>Reads it.</summary>
    /// <exception cref="FormatException">It is no number from 1 on.</exception>
    public static PackSettings From(IConfiguration configuration)
    {
        if (configuration["Auxo:Runner:PackMiB"] is not { Length: > 0 } text) return new PackSettings(4L << 30);
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size is >= 1 and <= 1 << 20
            ? new PackSettings(size << 20)
            : throw new FormatException($"Auxo:Runner:PackMiB is '{text}'; it must be a number from 1 on.");
    }
}
