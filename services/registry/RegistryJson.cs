using System.Text.Json;
using System.Text.Json.Serialization;

using Auxo.Registry.Artifacts;
using Auxo.Registry.Authentications;
using Auxo.Registry.Blobs;
using Auxo.Registry.Expiring;
using Auxo.Registry.Fetching;
using Auxo.Registry.Files;
using Auxo.Registry.Mirrors;
using Auxo.Registry.Mirrors.Prefetching;
using Auxo.Registry.Npm;
using Auxo.Registry.Npm.Accounts;
using Auxo.Registry.Npm.Search;
using Auxo.Registry.Npm.Signing;
using Auxo.Registry.Oci.Access;
using Auxo.Registry.Oci.Manifests;
using Auxo.Registry.Packages;
using Auxo.Registry.People;
using Auxo.Registry.Publishing;
using Auxo.Registry.PyPi;
using Auxo.Registry.Repositories;
using Auxo.Registry.Sessions;
using Auxo.Registry.Tokens;

namespace Auxo.Registry;

/// <summary>How events and views are stored.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RepositoryEvent.Defined), TypeInfoPropertyName = "RepositoryDefined")]
[JsonSerializable(typeof(RepositoryEvent.Removed), TypeInfoPropertyName = "RepositoryRemoved")]
[JsonSerializable(typeof(FileEvent.Stored), TypeInfoPropertyName = "FileStored")]
[JsonSerializable(typeof(FileEvent.Deleted), TypeInfoPropertyName = "FileDeleted")]
[JsonSerializable(typeof(PublicationEvent.Requested), TypeInfoPropertyName = "PublicationRequested")]
[JsonSerializable(typeof(PublicationEvent.Published), TypeInfoPropertyName = "PublicationPublished")]
[JsonSerializable(typeof(PublicationEvent.Failed), TypeInfoPropertyName = "PublicationFailed")]
[JsonSerializable(typeof(PublicationEvent.Expired), TypeInfoPropertyName = "PublicationExpired")]
[JsonSerializable(typeof(PackageEvent.Published), TypeInfoPropertyName = "PackagePublished")]
[JsonSerializable(typeof(PackageEvent.Marked), TypeInfoPropertyName = "PackageMarked")]
[JsonSerializable(typeof(PackageEvent.Removed), TypeInfoPropertyName = "PackageRemoved")]
[JsonSerializable(typeof(PackageEvent.Tagged), TypeInfoPropertyName = "PackageTagged")]
[JsonSerializable(typeof(PackageEvent.Untagged), TypeInfoPropertyName = "PackageUntagged")]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>), TypeInfoPropertyName = "Marks")]
[JsonSerializable(typeof(IReadOnlyList<UsedPackage>), TypeInfoPropertyName = "UsedPackages")]
[JsonSerializable(typeof(Package))]
[JsonSerializable(typeof(Publication))]
[JsonSerializable(typeof(RawFile))]
[JsonSerializable(typeof(RepositoryDefinition))]
[JsonSerializable(typeof(ImageEvent.ManifestPut), TypeInfoPropertyName = "ImageManifestPut")]
[JsonSerializable(typeof(ImageEvent.ManifestDeleted), TypeInfoPropertyName = "ImageManifestDeleted")]
[JsonSerializable(typeof(ImageEvent.TagSet), TypeInfoPropertyName = "ImageTagSet")]
[JsonSerializable(typeof(ImageEvent.TagRemoved), TypeInfoPropertyName = "ImageTagRemoved")]
[JsonSerializable(typeof(ImageEvent.BlobRemoved), TypeInfoPropertyName = "ImageBlobRemoved")]
internal sealed partial class StoredJson : JsonSerializerContext;

/// <summary>How requests and answers are written; the service's options say how enums are.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(DefineRepositoryBody))]
[JsonSerializable(typeof(RegistryRepository))]
[JsonSerializable(typeof(ListAnswer<RegistryRepository>), TypeInfoPropertyName = "Repositories")]
[JsonSerializable(typeof(SweepResult))]
[JsonSerializable(typeof(CreateTokenBody))]
[JsonSerializable(typeof(RotateTokenBody))]
[JsonSerializable(typeof(NewTokenAnswer))]
[JsonSerializable(typeof(ListAnswer<TokenAnswer>), TypeInfoPropertyName = "Tokens")]
[JsonSerializable(typeof(AddPersonBody))]
[JsonSerializable(typeof(ChangePersonBody))]
[JsonSerializable(typeof(OwnPasswordBody))]
[JsonSerializable(typeof(PersonAnswer))]
[JsonSerializable(typeof(ListAnswer<PersonAnswer>), TypeInfoPropertyName = "People")]
[JsonSerializable(typeof(ChallengeBody))]
[JsonSerializable(typeof(ChallengeAnswer))]
[JsonSerializable(typeof(AuthorizationBody))]
[JsonSerializable(typeof(AuthorizationAnswer))]
[JsonSerializable(typeof(StartSessionBody))]
[JsonSerializable(typeof(VersionAnswer))]
[JsonSerializable(typeof(ListAnswer<VersionAnswer>), TypeInfoPropertyName = "Versions")]
[JsonSerializable(typeof(ListAnswer<ExpiredVersion>), TypeInfoPropertyName = "ExpiredVersions")]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(NpmOk))]
[JsonSerializable(typeof(NpmWhoAmI))]
[JsonSerializable(typeof(NpmLoginBody))]
[JsonSerializable(typeof(NpmLoggedIn))]
[JsonSerializable(typeof(NpmUser))]
[JsonSerializable(typeof(NpmSearchAnswer))]
[JsonSerializable(typeof(NpmKeys))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>), TypeInfoPropertyName = "NpmTags")]
[JsonSerializable(typeof(Dictionary<string, bool>), TypeInfoPropertyName = "NpmFlags")]
[JsonSerializable(typeof(FileAnswer))]
[JsonSerializable(typeof(ListAnswer<FileAnswer>), TypeInfoPropertyName = "Files")]
[JsonSerializable(typeof(ListAnswer<MirrorStatus>), TypeInfoPropertyName = "Mirrors")]
[JsonSerializable(typeof(RefreshResult))]
[JsonSerializable(typeof(PrefetchBody))]
[JsonSerializable(typeof(PrefetchAnswer))]
[JsonSerializable(typeof(KeyAnswer))]
[JsonSerializable(typeof(ListAnswer<ExpiredPackageVersion>), TypeInfoPropertyName = "ExpiredPackageVersions")]
[JsonSerializable(typeof(ListAnswer<PackageSummary>), TypeInfoPropertyName = "PackageSummaries")]
[JsonSerializable(typeof(ListAnswer<Fetch>), TypeInfoPropertyName = "Fetches")]
[JsonSerializable(typeof(ListAnswer<Authentication>), TypeInfoPropertyName = "Authentications")]
[JsonSerializable(typeof(YankBody))]
[JsonSerializable(typeof(TagsAnswer))]
[JsonSerializable(typeof(CatalogAnswer))]
internal sealed partial class HttpJson : JsonSerializerContext;
