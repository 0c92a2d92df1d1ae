namespace Auxo.Cli.Patches.Copies;

/// <summary>A commit as people look at it.</summary>
/// <param name="Id">40 hex digits.</param>
/// <param name="Subject">The first line of its message, by whoever wrote it.</param>
internal sealed record CommitLine(string Id, string Subject);

/// <summary>Commits of a branch.</summary>
/// <param name="Count">How many.</param>
/// <param name="Newest">The newest of them first.</param>
internal sealed record CommitRange(int Count, IReadOnlyList<CommitLine> Newest);
