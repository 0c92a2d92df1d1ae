using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;

using Auxo.Instances;
using Auxo.Registry.Blobs;

namespace Auxo.Registry.Publishing;

/// <summary>
/// Fetches bytes from the pipeline by digest: the one call between services (design: a claim check). The token is the
/// registry's own, in the instance's folder, read every time so that a new one counts at once.
/// </summary>
public sealed class PipelineBlobs(IHttpClientFactory clients, BlobUpload upload, InstanceLayout layout)
{
    /// <summary>The name of its client.</summary>
    public const string Client = "pipeline";

    private readonly string _tokenFile = layout.TokenFile("registry");

    /// <summary>Receives a content whole, and what it was promised to be.</summary>
    /// <exception cref="GoneException">The pipeline has it no more.</exception>
    /// <exception cref="HttpRequestException">The pipeline does not answer, or refuses.</exception>
    /// <exception cref="WrongBytesException">It sent something else.</exception>
    public async Task<ReceivedBlob> FetchAsync(BuildArtifact artifact, CancellationToken ct)
    {
        using var client = clients.CreateClient(Client);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://pipeline/blobs/{artifact.Digest}"));
        if (File.Exists(_tokenFile)) request.Headers.Authorization = new AuthenticationHeaderValue(
            "Bearer", (await File.ReadAllTextAsync(_tokenFile, ct)).Trim());
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        if (answer.StatusCode == HttpStatusCode.NotFound) throw new GoneException(artifact);
        answer.EnsureSuccessStatusCode();
        var body = PipeReader.Create(await answer.Content.ReadAsStreamAsync(ct));
        ReceivedBlob received;
        try
        {
            received = await upload.ReceiveAsync(body, artifact.SizeBytes, sha512: false, ct);
        }
        catch (ContentTooLargeException e)
        {
            throw new WrongBytesException(artifact, e);
        }
        finally
        {
            await body.CompleteAsync();
        }

        if (received.Digest.ToString() == artifact.Digest && received.SizeBytes == artifact.SizeBytes) return received;
        received.Dispose();
        throw new WrongBytesException(artifact);
    }
}

/// <summary>The pipeline does not have a content any more.</summary>
public sealed class GoneException(BuildArtifact artifact)
    : Exception($"the pipeline does not have '{artifact.Name}' ({artifact.Digest}) any more");

/// <summary>The pipeline sent other bytes than the build's end promised.</summary>
public sealed class WrongBytesException(BuildArtifact artifact, Exception? inner = null)
    : Exception($"the pipeline sent something else than '{artifact.Name}' ({artifact.Digest}, {artifact.SizeBytes} bytes)", inner);
