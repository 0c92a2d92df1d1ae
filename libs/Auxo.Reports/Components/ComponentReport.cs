namespace Auxo.Reports.Components;

/// <summary>A bill of materials: what something is made of.</summary>
/// <param name="Format">How it was written.</param>
/// <param name="Version">The version of the format.</param>
/// <param name="Components">In the order of the report.</param>
public sealed record ComponentReport(ReportFormat Format, string Version, IReadOnlyList<ReportedComponent> Components) : Report(Format);

/// <summary>A part of it.</summary>
/// <param name="Type">Such as <c>library</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version; may be empty.</param>
/// <param name="PackageUrl">Its package URL; null for none.</param>
public sealed record ReportedComponent(string Type, string Name, string Version, string? PackageUrl);
