namespace Auxo.Owners;

/// <summary>A section of GitLab's syntax.</summary>
/// <param name="Name">As its first heading has it; sections whose names differ only in case are one.</param>
/// <param name="IsOptional">Its owners are asked, but need not accept: every heading of that name says so.</param>
/// <param name="Approvals">How many of its owners must accept; at least 1.</param>
public sealed record OwnersSection(string Name, bool IsOptional, int Approvals);
