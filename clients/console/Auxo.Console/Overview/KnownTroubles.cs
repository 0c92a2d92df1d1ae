using Auxo.Console.Parts;

namespace Auxo.Console.Overview;

/// <summary>What is wrong with Auxo itself, in the words of <c>auxo doctor</c>.</summary>
internal static class KnownTroubles
{
    /// <summary>The services that look at what they need.</summary>
    public static readonly IReadOnlyList<string> Looking = ["pipeline", "ingest"];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>What a service says of its messages: that it is silent, or that it has given some up.</summary>
    public static async Task<IReadOnlyList<Diagnosis>> MessagesAsync(Clients clients, string service, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        try
        {
            var dead = (await clients.Messaging(service).QueuesAsync(limit.Token)).Items.Sum(static q => q.DeadLetters);
            return dead == 0 ? [] : [new Diagnosis(
                service, "trouble", $"{Say.Count(dead, "message")} could not be handled: remove the cause, then have them handled again.",
                "auxo dead-letters")];
        }
        catch (ServiceException e) when (e.Status == 503 && !Looking.Contains(service))
        {
            return [new Diagnosis(service, "trouble", e.Message)];
        }
        catch (Exception e) when (e is ServiceException || e is OperationCanceledException && !ct.IsCancellationRequested)
        {
            // This token may not look, or it takes longer than a page should wait; those that look at more say it themselves.
            return [];
        }
    }

    /// <summary>What one of them says; one that is silent is a trouble itself.</summary>
    public static async Task<IReadOnlyList<Diagnosis>> LookAsync(Clients clients, string part, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        try
        {
            return [.. (await clients.Diagnosis(part).LookAsync(limit.Token)).Items.Where(static d => d.State == "trouble")];
        }
        catch (ServiceException e) when (e.Status is not (401 or 403))
        {
            return [new Diagnosis(part, "trouble", e.Message)];
        }
        catch (ServiceException)
        {
            // This token may not look; its holder is told by nobody here.
            return [];
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // It looks at programs and disks, which may take longer than a page should wait.
            return [];
        }
    }
}
