using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Registry.Mirrors.Trying;

/// <summary>
/// Asks an upstream, before a repository mirrors it, whether it is a registry of the format: a mistyped address is said now and not at
/// the first install. One question as a rule; some more, of the same host, to find the address that was meant.
/// </summary>
public sealed class TryUpstream(UpstreamClient upstream)
{
    private const int LookedAt = 256 << 10;

    /// <summary>A person waits.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Whether it is one; null when it is, else what is wrong and what to write instead.</summary>
    /// <param name="repository">The repository that shall mirror it.</param>
    /// <param name="format">Its format.</param>
    /// <param name="address">The address that was given.</param>
    /// <param name="ct">Breaks it off.</param>
    public async Task<ProblemHttpResult?> RunAsync(string repository, string format, Uri address, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        string wrong;
        try
        {
            if (await FindWrongAsync(repository, format, address, limit.Token) is not { } found) return null;
            wrong = found;
        }
        catch (UpstreamAwayException e)
        {
            return Away(address, e.Reason);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Away(address, $"there was no answer within {Patience.TotalSeconds:0} s");
        }

        var instead = await FindMeantAsync(repository, format, address, limit.Token, ct) ?? AddressHints.InsteadOf(format, address);
        return AuxoProblem.BadRequest("mirror/wrong-upstream",
            $"{Shown(address)} is no registry of the format {format}: {wrong}. "
                + (instead is null ? $"{AddressHints.ShapeOf(format)}." : $"Write {Shown(instead)} instead.") + Anyway);
    }

    private static string Anyway => " To add it all the same: auxo mirror add … --unchecked";

    private static ProblemHttpResult Away(Uri address, string reason)
        => AuxoProblem.Of(StatusCodes.Status502BadGateway, "mirror/upstream-not-reached",
            $"{Shown(address)} cannot be asked: {reason}. Is the address right?{Anyway}");

    /// <summary>Null when one of the questions is answered as it should be; else what was wrong with the first answer.</summary>
    private async Task<string?> FindWrongAsync(string repository, string format, Uri address, CancellationToken ct)
    {
        string? wrong = null;
        foreach (var question in UpstreamKind.QuestionsOf(format, address))
        {
            var answer = await AskAsync(repository, question, ct);
            if (question.Fits(answer)) return null;
            wrong ??= answer.Words;
            if (answer.IsRefusal) return answer.Words;
        }

        return wrong;
    }

    private async Task<string?> FindMeantAsync(
        string repository, string format, Uri address, CancellationToken limited, CancellationToken ct)
    {
        foreach (var candidate in AddressHints.Candidates(format, address))
        {
            try
            {
                if (await FindWrongAsync(repository, format, candidate, limited) is null) return candidate.AbsoluteUri;
            }
            catch (UpstreamAwayException)
            {
                // Then it is not the one that was meant.
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                return null;
            }
        }

        return null;
    }

    private async Task<UpstreamAnswer> AskAsync(string repository, UpstreamQuestion question, CancellationToken ct)
    {
        using var response = await upstream.SendAsync(repository, question.Address, request =>
        {
            if (question.IsHead) request.Method = HttpMethod.Head;
            if (question.Accept.Length > 0) request.Headers.TryAddWithoutValidation("Accept", question.Accept);
            request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
        }, ct);
        var (begin, read) = (new byte[LookedAt], 0);
        try
        {
            await using var body = await UpstreamClient.BodyAsync(response, ct);
            read = question.IsHead ? 0 : await body.ReadAtLeastAsync(begin, LookedAt, throwOnEndOfStream: false, ct);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or HttpRequestException)
        {
            // What came before it broke is looked at.
        }

        return new UpstreamAnswer(
            (int)response.StatusCode, response.Content.Headers.ContentType?.MediaType?.ToLowerInvariant() ?? "", begin.AsMemory(0, read),
            read < LookedAt,
            [
                .. response.Headers.WwwAuthenticate.Select(static c => c.Scheme),
                .. response.Headers.NonValidated.TryGetValues("Docker-Distribution-Api-Version", out var version) ? version : [],
            ]);
    }

    private static string Shown(Uri address) => Shown(address.AbsoluteUri);

    private static string Shown(string address) => address.Length > 200 ? address[..199] + "…" : address;
}
