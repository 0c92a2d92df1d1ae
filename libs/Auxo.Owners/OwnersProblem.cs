namespace Auxo.Owners;

/// <summary>What is wrong with a line, or looks like a mistake.</summary>
/// <param name="Line">From 1; 0 when it is about the whole file.</param>
/// <param name="IsError">The line does not do what it says. Else it may be meant so.</param>
/// <param name="Message">One sentence without its point.</param>
public sealed record OwnersProblem(int Line, bool IsError, string Message);
