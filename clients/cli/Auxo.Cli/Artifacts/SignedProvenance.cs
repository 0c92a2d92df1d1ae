using System.Text.Json;

using Auxo.Contracts;

namespace Auxo.Cli.Artifacts;

/// <summary>What a signed statement says of files.</summary>
/// <param name="Signer">Whose word it is.</param>
/// <param name="Subjects">The names of the files, by the hex digits of their SHA-256.</param>
/// <param name="Repository">What was built.</param>
/// <param name="Commit">At which commit.</param>
/// <param name="Author">Who wrote the revision; null for none.</param>
/// <param name="Build">The build.</param>
internal sealed record SignedProvenance(
    string Signer, IReadOnlyDictionary<string, string> Subjects, string Repository, string Commit, string? Author, string Build)
{
    /// <summary>Reads an in-toto statement.</summary>
    /// <exception cref="JsonException">It is none of a build of Auxo.</exception>
    public static SignedProvenance Of(byte[] statement, Did signer)
    {
        try
        {
            using var document = JsonDocument.Parse(statement);
            var predicate = document.RootElement.GetProperty("predicate");
            var parameters = predicate.GetProperty("buildDefinition").GetProperty("externalParameters");
            var subjects = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var subject in document.RootElement.GetProperty("subject").EnumerateArray())
                subjects[subject.GetProperty("digest").GetProperty("sha256").GetString()!] = subject.GetProperty("name").GetString()!;
            return new SignedProvenance(
                signer.Value, subjects, parameters.GetProperty("repository").GetString()!, parameters.GetProperty("commit").GetString()!,
                parameters.TryGetProperty("author", out var author) ? author.GetString() : null,
                predicate.GetProperty("runDetails").GetProperty("metadata").GetProperty("invocationId").GetString()!);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException)
        {
            throw new JsonException("it is no statement about a build", e);
        }
    }
}
