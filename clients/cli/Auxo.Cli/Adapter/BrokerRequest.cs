using System.Text.Json;

using Auxo.Contracts;

namespace Auxo.Cli.Adapter;

/// <summary>What Radicle's CI broker asks an adapter to run: version 1 of its protocol.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="Commit">What is to be built; of an annotated tag the tag object.</param>
/// <param name="Patch">The patch; null for a push.</param>
/// <param name="Ref">The branch or tag as Auxo names it; of a patch <c>patches/ID</c>.</param>
internal sealed record BrokerRequest(Rid Rid, CommitId Commit, PatchId? Patch, string Ref)
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32 };

    /// <summary>The id of the build that Auxo makes of it the first time.</summary>
    public Guid BuildId => Contracts.BuildId.For(
        Rid, Commit, Patch is null ? BuildTrigger.Branch : BuildTrigger.Patch, Patch?.Value ?? Ref, attempt: 1);

    /// <summary>Reads what stands on standard input. The broker ends it without a line end.</summary>
    /// <exception cref="FormatException">It is no such request; says in which way.</exception>
    public static BrokerRequest Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text.TrimStart('\uFEFF'), Strict);
            var request = document.RootElement;
            if (Text(request, "request") != "trigger") throw new FormatException("it asks for something else than 'trigger'");
            if (request.TryGetProperty("version", out var version) && !(version.TryGetInt32(out var number) && number == 1))
                throw new FormatException($"it has version {version.GetRawText()}, and this program knows version 1");
            var rid = Rid.Parse(Text(request.GetProperty("repository"), "id"));
            return Text(request, "event_type") switch
            {
                "patch" when request.GetProperty("patch") is var patch => OfPatch(rid, patch),
                "push" => new BrokerRequest(rid, CommitId.Parse(Text(request, "after")), null, Text(request, "branch")),
                var other => throw new FormatException($"it tells of '{other}', and this program knows 'patch' and 'push'"),
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"it is no request of version 1: {e.Message}", e);
        }
    }

    private static BrokerRequest OfPatch(Rid rid, JsonElement patch)
    {
        var id = PatchId.Parse(Text(patch, "id"));
        return new BrokerRequest(rid, CommitId.Parse(Text(patch, "after")), id, $"patches/{id}");
    }

    private static string Text(JsonElement element, string name)
        => element.GetProperty(name).GetString() ?? throw new FormatException($"its '{name}' is null");
}
