namespace Auxo.ServiceDefaults.Egress;

/// <summary>
/// A user-given address that Auxo does not call; the message says why and which setting would allow it. Inside an
/// <see cref="HttpClient"/> it arrives as the inner exception of an <see cref="HttpRequestException"/>; <see cref="In"/> finds
/// it there.
/// </summary>
public sealed class EgressDeniedException(string message) : IOException(message)
{
    /// <summary>The refusal behind an exception; null when there is none.</summary>
    public static EgressDeniedException? In(Exception? exception)
    {
        while (exception is not null and not EgressDeniedException) exception = exception.InnerException;
        return (EgressDeniedException?)exception;
    }
}
