namespace Auxo.Api.Tracing;

/// <summary>The services as a client reaches them.</summary>
/// <param name="Names">All of them.</param>
/// <param name="Ingest">It knows repositories and patches.</param>
/// <param name="Pipeline">It knows builds.</param>
/// <param name="Timeline">What a service did.</param>
/// <param name="Messaging">What waits in a service's queue.</param>
/// <param name="IsMissing">
/// Whether an error means that the part of this service is missing, and nothing more: one silent service must not hide what the others say.
/// </param>
public sealed record TracedServices(
    IReadOnlyList<string> Names, IIngest Ingest, IPipeline Pipeline, Func<string, ITimeline> Timeline, Func<string, IMessaging> Messaging,
    Func<Exception, bool> IsMissing)
{
    /// <summary>An answer, or why there is none.</summary>
    internal async Task<Answer<T>> AskAsync<T>(string service, Func<Task<T>> ask)
    {
        try
        {
            return new Answer<T>(service, await ask(), Error: null);
        }
        catch (Exception e) when (IsMissing(e))
        {
            return new Answer<T>(service, default, e);
        }
    }

    /// <param name="Service">Who was asked.</param>
    /// <param name="Value">What it said.</param>
    /// <param name="Error">Why it said nothing.</param>
    internal sealed record Answer<T>(string Service, T? Value, Exception? Error);
}
