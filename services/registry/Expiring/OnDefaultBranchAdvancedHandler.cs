namespace Auxo.Registry.Expiring;

/// <summary>
/// Remembers the heads of default branches in their order. <c>latest</c> is the newest of them that was published: running an
/// old build again does not move it, and a branch that is set back takes it along.
/// </summary>
public static class OnDefaultBranchAdvancedHandler
{
    /// <summary>This commit is the newest head from now on.</summary>
    public static NewestHead Handle(DefaultBranchAdvanced message) => new(message.Rid, message.New);
}

/// <summary>Puts a commit behind all heads that a default branch has had.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="Commit">Its newest head.</param>
public sealed record NewestHead(Rid Rid, CommitId Commit) : IMartenOp
{
    /// <inheritdoc/>
    public void Execute(IDocumentSession session)
        => session.QueueSqlCommand(Sql.Command(
            "insert into registry.heads (rid, commit_id) values ($1, $2) on conflict (rid, commit_id) do update set position = default",
            Rid.Value, Commit.Value));
}
