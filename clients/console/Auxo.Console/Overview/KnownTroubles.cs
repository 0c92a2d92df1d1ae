namespace Auxo.Console.Overview;

/// <summary>What is wrong with Auxo itself, in the words of <c>auxo doctor</c>.</summary>
internal static class KnownTroubles
{
    /// <summary>The services that look at what they need.</summary>
    public static readonly IReadOnlyList<string> Parts = ["pipeline", "ingest"];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

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
