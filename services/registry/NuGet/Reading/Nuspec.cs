using NuGet.Versioning;

namespace Auxo.Registry.NuGet.Reading;

/// <summary>What a package says of itself, as far as clients are told.</summary>
/// <param name="Id">As the author writes it.</param>
/// <param name="Version">As the author writes it.</param>
/// <param name="Authors">With commas between them.</param>
/// <param name="Description">A few lines.</param>
/// <param name="Title">A name for people; null for none.</param>
/// <param name="Summary">One line; null for none.</param>
/// <param name="Tags">With spaces between them; null for none.</param>
/// <param name="ProjectUrl">An address; null for none.</param>
/// <param name="IconUrl">An address; null for none.</param>
/// <param name="LicenseUrl">An address; null for none.</param>
/// <param name="LicenseExpression">Such as <c>MIT OR Apache-2.0</c>; null for none.</param>
/// <param name="MinClientVersion">Of NuGet; null for any.</param>
/// <param name="RequireLicenseAcceptance">Clients ask their user first.</param>
/// <param name="Readme">The name of a file in the package; null for none.</param>
/// <param name="PackageTypes">Such as <c>DotnetTool</c>; none means a library.</param>
/// <param name="Dependencies">By framework.</param>
public sealed record Nuspec(
    string Id, string Version, string Authors, string Description, string? Title, string? Summary, string? Tags, string? ProjectUrl,
    string? IconUrl, string? LicenseUrl, string? LicenseExpression, string? MinClientVersion, bool RequireLicenseAcceptance,
    string? Readme, IReadOnlyList<string> PackageTypes, IReadOnlyList<NuspecGroup> Dependencies)
{
    /// <summary>The version as it is compared.</summary>
    internal NuGetVersion ParsedVersion => NuGetVersion.Parse(Version);
}

/// <summary>What is needed with one framework.</summary>
/// <param name="TargetFramework">Such as <c>net10.0</c>; null for all.</param>
/// <param name="Dependencies">The packages; none is an answer too.</param>
public sealed record NuspecGroup(string? TargetFramework, IReadOnlyList<NuspecDependency> Dependencies);

/// <summary>A package that is needed.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Range">Its versions, in normal form.</param>
public sealed record NuspecDependency(string Id, string Range);
