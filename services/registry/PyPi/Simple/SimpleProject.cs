namespace Auxo.Registry.PyPi.Simple;

/// <summary>A file as the simple API shows it.</summary>
/// <param name="FileName">Its name.</param>
/// <param name="Url">Relative to the page, so that the page is the same from every address of this service.</param>
/// <param name="Sha256">64 hex digits.</param>
/// <param name="SizeBytes">Its length.</param>
/// <param name="UploadedAt">When it came here, or to the index from which it was fetched.</param>
/// <param name="RequiresPython">Which Pythons it runs on; null for all.</param>
/// <param name="MetadataSha256">Of the metadata beside it; null when there is none.</param>
/// <param name="Yanked">Null when it is not; else why, which may be empty.</param>
public sealed record SimpleFile(
    string FileName, string Url, string Sha256, long? SizeBytes, DateTimeOffset? UploadedAt, string? RequiresPython,
    string? MetadataSha256, string? Yanked);

/// <summary>A project as the simple API shows it (PEP 503, 592, 658, 691, 700, 714).</summary>
/// <param name="Name">In normal form.</param>
/// <param name="Versions">In their order.</param>
/// <param name="Files">In the order of their versions, then of their names.</param>
public sealed record SimpleProject(string Name, IReadOnlyList<string> Versions, IReadOnlyList<SimpleFile> Files);
