using System.Text.Json;
using System.Text.Json.Serialization;

using Auxo.Ingest.Backfilling;
using Auxo.Ingest.Commenting;
using Auxo.Ingest.Listening;
using Auxo.Ingest.Receiving;
using Auxo.Ingest.Recording;
using Auxo.Ingest.Reviewing;
using Auxo.Ingest.Tracking;

namespace Auxo.Ingest;

/// <summary>How events and views are stored.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RepositoryEvent.Tracked), TypeInfoPropertyName = "RepositoryTracked")]
[JsonSerializable(typeof(RepositoryEvent.Redefined), TypeInfoPropertyName = "RepositoryRedefined")]
[JsonSerializable(typeof(RepositoryEvent.BranchAdvanced), TypeInfoPropertyName = "RepositoryBranchAdvanced")]
[JsonSerializable(typeof(RepositoryEvent.TrustGranted), TypeInfoPropertyName = "RepositoryTrustGranted")]
[JsonSerializable(typeof(RepositoryEvent.TrustRevoked), TypeInfoPropertyName = "RepositoryTrustRevoked")]
[JsonSerializable(typeof(RepositoryEvent.Untracked), TypeInfoPropertyName = "RepositoryUntracked")]
[JsonSerializable(typeof(PatchEvent.Opened), TypeInfoPropertyName = "PatchOpened")]
[JsonSerializable(typeof(PatchEvent.Revised), TypeInfoPropertyName = "PatchRevised")]
[JsonSerializable(typeof(PatchEvent.Retitled), TypeInfoPropertyName = "PatchRetitled")]
[JsonSerializable(typeof(PatchEvent.StatusChanged), TypeInfoPropertyName = "PatchStatusChanged")]
[JsonSerializable(typeof(PatchEvent.Linked), TypeInfoPropertyName = "PatchLinked")]
[JsonSerializable(typeof(PatchEvent.Merged), TypeInfoPropertyName = "PatchMerged")]
[JsonSerializable(typeof(Repository))]
[JsonSerializable(typeof(Patch))]
public sealed partial class StoredJson : JsonSerializerContext;

/// <summary>How requests and answers are written; the naming of enums is the service defaults'.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(TrackRequest))]
[JsonSerializable(typeof(TrackAnswer))]
[JsonSerializable(typeof(SecretAnswer))]
[JsonSerializable(typeof(BackfillBody))]
[JsonSerializable(typeof(BackfillAnswer))]
[JsonSerializable(typeof(RepositoryAnswer))]
[JsonSerializable(typeof(ListAnswer<RepositoryAnswer>), TypeInfoPropertyName = "Repositories")]
[JsonSerializable(typeof(ListAnswer<RefAnswer>), TypeInfoPropertyName = "Refs")]
[JsonSerializable(typeof(ListAnswer<PatchAnswer>), TypeInfoPropertyName = "Patches")]
[JsonSerializable(typeof(ListAnswer<OutboxAnswer>), TypeInfoPropertyName = "Outbox")]
[JsonSerializable(typeof(DiffAnswer))]
[JsonSerializable(typeof(ListAnswer<DiscussionEntry>), TypeInfoPropertyName = "Discussion")]
[JsonSerializable(typeof(NodeStatus))]
public sealed partial class HttpJson : JsonSerializerContext;
