using System.Globalization;

namespace Auxo.Registry.Sessions;

/// <summary>Too many wrong tries came before this one, so that it was not looked at.</summary>
/// <param name="wait">How long to wait.</param>
public sealed class TooManyTriesException(TimeSpan wait) : AuxoException(
    "session/too-many-tries", StatusCodes.Status429TooManyRequests,
    $"Too many wrong tries. Try again in {Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture)} s.")
{
    /// <summary>How long to wait.</summary>
    public TimeSpan Wait { get; } = wait;
}
