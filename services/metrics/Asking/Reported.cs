using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Metrics.Asking;

/// <summary>Checks of what people report.</summary>
internal static class Reported
{
    private const int LongestId = 128;
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);
    private static readonly DateTimeOffset Oldest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>What is wrong with a time; null when nothing is. A clock may be a little ahead of ours.</summary>
    public static ProblemHttpResult? WrongTime(DateTimeOffset? at, DateTimeOffset now)
        => at > now + Ahead || at < Oldest
            ? AuxoProblem.Unprocessable(
                "report/impossible-time", $"{at:u} is not a time at which that can have happened; here it is {now:u}. Is a clock wrong?")
            : null;

    /// <summary>What is wrong with a name; null when nothing is. Names stand in paths, where dots mean folders.</summary>
    public static ProblemHttpResult? WrongId(string? id, string what)
        => id is not null && (id.Length is 0 or > LongestId || id is "." or ".." || id.Any(char.IsControl) || string.IsNullOrWhiteSpace(id))
            ? AuxoProblem.Unprocessable(
                "report/invalid-name", $"'{what}' must have 1 to {LongestId} characters, not only dots, none of them a control character.")
            : null;
}
