using System.Text.Json;
using System.Text.Json.Serialization;

using Auxo.Registry.Files;
using Auxo.Registry.Repositories;

namespace Auxo.Registry;

/// <summary>How events and views are stored.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RepositoryEvent.Defined), TypeInfoPropertyName = "RepositoryDefined")]
[JsonSerializable(typeof(RepositoryEvent.Removed), TypeInfoPropertyName = "RepositoryRemoved")]
[JsonSerializable(typeof(FileEvent.Stored), TypeInfoPropertyName = "FileStored")]
[JsonSerializable(typeof(FileEvent.Deleted), TypeInfoPropertyName = "FileDeleted")]
[JsonSerializable(typeof(RawFile))]
[JsonSerializable(typeof(RepositoryDefinition))]
internal sealed partial class StoredJson : JsonSerializerContext;

/// <summary>How requests and answers are written; the service's options say how enums are.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(DefineRepositoryBody))]
[JsonSerializable(typeof(RawRepository))]
[JsonSerializable(typeof(ListAnswer<RawRepository>), TypeInfoPropertyName = "RawRepositories")]
[JsonSerializable(typeof(FileAnswer))]
[JsonSerializable(typeof(ListAnswer<FileAnswer>), TypeInfoPropertyName = "Files")]
internal sealed partial class HttpJson : JsonSerializerContext;
