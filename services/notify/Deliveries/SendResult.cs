namespace Auxo.Notify.Deliveries;

/// <summary>What one attempt came to.</summary>
public abstract record SendResult
{
    private SendResult()
    {
    }

    /// <summary>Of the answer, where the protocol has one.</summary>
    public int? Status { get; init; }

    /// <summary>For people: what was sent to whom, or why not. Never a secret.</summary>
    public string Detail { get; init; } = "";

    /// <summary>The beginning of the answer.</summary>
    public string Excerpt { get; init; } = "";

    /// <summary>The receiver has it.</summary>
    public sealed record Delivered : SendResult;

    /// <summary>It may work later: no connection, no answer, an answer that says so.</summary>
    /// <param name="RetryAfter">The receiver's own wish; it holds for the whole channel.</param>
    public sealed record Failed(TimeSpan? RetryAfter = null) : SendResult;

    /// <summary>The receiver does not want it like this; somebody probably has to change something.</summary>
    public sealed record Refused : SendResult;

    /// <summary>Trying again is pointless until somebody has changed something.</summary>
    public sealed record Impossible : SendResult;

    /// <summary>The receiver wants nothing more, ever.</summary>
    public sealed record Gone : SendResult;
}
