using System.Globalization;

namespace Auxo.Pipeline.Runners.Leases;

/// <summary>How long a runner may be silent; <c>Auxo:Runner:LeaseSeconds</c>.</summary>
/// <param name="Lease">
/// After so long without an answer a runner stops its steps by itself. It asks four times as often.
/// </param>
public sealed record LeaseSettings(TimeSpan Lease)
{
    /// <summary>
    /// After so long without a word the runner is lost and another machine begins. A quarter longer than the lease, so that its steps
    /// have been stopped there: a step never runs on two machines at once.
    /// </summary>
    public TimeSpan Patience => Lease * 1.25;

    /// <summary>Reads it.</summary>
    /// <exception cref="FormatException">It is no number of seconds from 1 on.</exception>
    public static LeaseSettings From(IConfiguration configuration)
    {
        if (configuration["Auxo:Runner:LeaseSeconds"] is not { Length: > 0 } text) return new LeaseSettings(TimeSpan.FromMinutes(1));
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 1 and <= 3600
            ? new LeaseSettings(TimeSpan.FromSeconds(seconds))
            : throw new FormatException($"Auxo:Runner:LeaseSeconds is '{text}'; it must be a number of seconds from 1 to 3600.");
    }
}
