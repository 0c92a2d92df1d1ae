using System.Text.Json;
using System.Text.Json.Serialization;

using Auxo.Registry.NuGet.Flat;
using Auxo.Registry.NuGet.Protocol;
using Auxo.Registry.NuGet.Reading;
using Auxo.Registry.NuGet.Searching;

namespace Auxo.Registry.NuGet;

/// <summary>What is kept of a package beside its bytes.</summary>
/// <param name="Sha512">In base64.</param>
public sealed record PackageFacts(string? Sha512);

/// <summary>How what packages say is stored, and how NuGet's documents are written.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Nuspec))]
[JsonSerializable(typeof(PackageFacts))]
[JsonSerializable(typeof(ServiceIndex))]
[JsonSerializable(typeof(VersionList))]
[JsonSerializable(typeof(RegistrationIndex))]
[JsonSerializable(typeof(RegistrationPage))]
[JsonSerializable(typeof(RegistrationLeaf))]
[JsonSerializable(typeof(IReadOnlyList<VulnerabilityPage>))]
[JsonSerializable(typeof(SearchAnswer))]
[JsonSerializable(typeof(NamesAnswer))]
internal sealed partial class NuGetJson : JsonSerializerContext;
