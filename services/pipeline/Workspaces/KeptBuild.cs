using System.Text.Json;
using System.Text.Json.Serialization;

using Auxo.Pipeline.Definitions;

namespace Auxo.Pipeline.Workspaces;

/// <summary>What is kept beside the workspace of a failed build: all that a shell in it needs, and no secret.</summary>
/// <param name="BuildId">The build.</param>
/// <param name="Repository">The repository's name, for people.</param>
/// <param name="Commit">Its commit.</param>
/// <param name="Variables">What Auxo gave to its steps.</param>
/// <param name="Steps">The steps of its plan.</param>
/// <param name="Failed">The names of those that failed, in the order of their ends.</param>
public sealed record KeptBuild(
    Guid BuildId, string Repository, CommitId Commit, IReadOnlyDictionary<string, string> Variables,
    IReadOnlyList<CommandStep> Steps, IReadOnlyList<string> Failed);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(KeptBuild))]
internal sealed partial class KeptBuildJson : JsonSerializerContext;
