using System.Net;
using System.Net.Http.Headers;

using Auxo.Contracts;
using Auxo.Ingest.Receiving;
using Auxo.ServiceDefaults.Egress;

namespace Auxo.Ingest.Statuses;

/// <summary>Somebody is to be told how a commit is doing. Stays in this service.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="Commit">The commit.</param>
/// <param name="Place">Who.</param>
/// <param name="Status">What.</param>
/// <param name="Attempt">From 1.</param>
public sealed record TellStatus(Rid Rid, CommitId Commit, StatusPlace Place, CommitStatus Status, int Attempt)
{
    /// <summary>Pauses between attempts; who asks waits for 25 minutes.</summary>
    public static readonly IReadOnlyList<TimeSpan> Pauses =
        [TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15)];
}

/// <summary>What came of a call.</summary>
/// <param name="Problem">Why it was not taken; null when it was.</param>
/// <param name="Retry">Whether the next call may do better.</param>
public sealed record StatusTold(string? Problem, bool Retry);

/// <summary>Calls whoever asked.</summary>
public static partial class TellStatusHandler
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Calls.</summary>
    public static async Task<StatusTold> BeforeAsync(
        TellStatus message, WebhookSecrets secrets, EgressGuard guard, TimeProvider time, CancellationToken ct)
    {
        if (!Uri.TryCreate(message.Place.Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            return new StatusTold("its commit_status_url is no address", Retry: false);
        if (secrets.Find(message.Rid) is not (true, var secret)) return new StatusTold("it is no longer tracked", Retry: false);
        var body = message.Status.Body(message.Rid, message.Commit, message.Place);
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add(CommitStatus.SignatureHeader, CommitStatus.Sign(body, secret));
        try
        {
            using var client = guard.CreateClient();
            var answer = await GuardedExchange.SendAsync(client, request, Limit, time, ct);
            return (int)answer.Status is >= 200 and < 300
                ? new StatusTold(null, Retry: false)
                : new StatusTold(
                    $"{(int)answer.Status} {answer.Excerpt}",
                    answer.Status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)answer.Status >= 500);
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutException)
        {
            return new StatusTold(e.Message, Retry: e.InnerException is not EgressDeniedException);
        }
    }

    /// <summary>What was not taken is tried again later, by the same message with the next number.</summary>
    public static OutgoingMessages Handle(TellStatus message, StatusTold told, ILogger<StatusTold> logger)
    {
        if (told.Problem is not { } problem) return [];
        if (!told.Retry || message.Attempt > TellStatus.Pauses.Count)
        {
            GivenUp(logger, message.Commit, message.Place.Url, problem);
            return [];
        }

        return [(message with { Attempt = message.Attempt + 1 }).DelayedFor(TellStatus.Pauses[message.Attempt - 1])];
    }

    [LoggerMessage(150, LogLevel.Warning, "The status of {Commit} was not taken by {Url}: {Problem}")]
    private static partial void GivenUp(ILogger logger, CommitId commit, string url, string problem);
}
