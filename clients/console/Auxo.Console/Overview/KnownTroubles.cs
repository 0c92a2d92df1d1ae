using Auxo.Console.Parts;

namespace Auxo.Console.Overview;

/// <summary>What is wrong with Auxo itself, in the words of <c>auxo doctor</c>.</summary>
internal static class KnownTroubles
{
    /// <summary>The services that look at what they need.</summary>
    public static readonly IReadOnlyList<string> Looking = ["pipeline", "ingest"];

    /// <summary>It looks at programs and disks, which may take longer than a page should wait.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>What a service says of its messages: that it is silent, or that it has given some up.</summary>
    public static Task<IReadOnlyList<Diagnosis>> MessagesAsync(Clients clients, string service, CancellationToken ct)
        => AskAsync(
            clients, service, clients.Messaging(service).QueuesAsync(ct),
            queues => queues.Items.Sum(static q => q.DeadLetters) is > 0 and var dead
                ? [new Diagnosis(
                    service, "trouble",
                    $"{Say.Count(dead, "message")} could not be handled: remove the cause, then have them handled again.",
                    "auxo queues dead-letters")]
                : [],
            // Those that look at more say it themselves.
            e => e.Status == 503 && !Looking.Contains(service));

    /// <summary>What one of them says; one that is silent is a trouble itself.</summary>
    public static async Task<IReadOnlyList<Diagnosis>> LookAsync(Clients clients, string part, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        try
        {
            return await AskAsync(
                clients, part, clients.Diagnosis(part).LookAsync(limit.Token),
                static said => [.. said.Items.Where(static d => d.State == "trouble")],
                // To a token that may not look, nothing is said here.
                static e => e.Status is not (401 or 403));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return [];
        }
    }

    private static async Task<IReadOnlyList<Diagnosis>> AskAsync<T>(
        Clients clients, string part, Task<T> asked, Func<T, IReadOnlyList<Diagnosis>> troubles,
        Func<ServiceException, bool> matters)
        where T : class
    {
        try
        {
            return await clients.OrNothingAsync(asked, matters) is { } said ? troubles(said) : [];
        }
        catch (ServiceException e)
        {
            return [new Diagnosis(part, "trouble", e.Message)];
        }
    }
}
