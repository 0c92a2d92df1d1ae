namespace Auxo.Console.Builds;

/// <summary>A step that stands in the way, with the lines of its log in which it says why.</summary>
/// <param name="Step">The step.</param>
/// <param name="Error">The line that first speaks of an error; null when none does.</param>
/// <param name="Lines">A few lines from there on, or the last.</param>
public sealed record Blocking(BuildStep Step, long? Error, IReadOnlyList<LogLine> Lines)
{
    private const int Shown = 6;

    /// <summary>Whether a step ended the build; checks say why in their findings.</summary>
    public static bool Is(BuildStep step) => step is { Outcome: "failed" or "errored" or "timed_out", Blocks: not false };

    /// <summary>Reads what it says.</summary>
    internal static async Task<Blocking> ReadAsync(Clients clients, Guid build, BuildStep step, CancellationToken ct)
    {
        try
        {
            var error = await ErrorAsync(clients, build, step, ct);
            var lines = await clients.Pipeline.LinesAsync(build.ToString(), step.Step, error ?? -Shown, Shown, ct);
            return new Blocking(step, error, lines.Lines);
        }
        catch (ServiceException e) when (e.Status == StatusCodes.Status404NotFound)
        {
            return new Blocking(step, null, []);
        }
    }

    /// <summary>Where many logs are searched at once, the end of the log must do.</summary>
    private static async Task<long?> ErrorAsync(Clients clients, Guid build, BuildStep step, CancellationToken ct)
    {
        try
        {
            return (await clients.Pipeline.OutlineAsync(build.ToString(), step.Step, ct)).FirstError;
        }
        catch (ServiceException e) when (e.Status == StatusCodes.Status503ServiceUnavailable)
        {
            return null;
        }
    }
}
