using Auxo.Contracts;

using Npgsql;

namespace Auxo.Ingest.Statuses;

/// <summary>A signed webhook wants to hear how its commit is doing. Stays in this service.</summary>
public sealed record StatusAsked(Rid Rid, CommitId Commit, StatusPlace Place);

/// <summary>Answers at once with what is known: a build may end before its webhook comes.</summary>
public static class StatusAskedHandler
{
    /// <summary>How the last build of the commit ended.</summary>
    public static async Task<CommitStatus> LoadAsync(StatusAsked message, NpgsqlDataSource source, CancellationToken ct)
        => await CommitResults.FindAsync(source, message.Rid, message.Commit, ct) ?? CommitStatus.Pending;

    /// <summary>Has it told.</summary>
    public static TellStatus Handle(StatusAsked message, CommitStatus known)
        => new(message.Rid, message.Commit, message.Place, known, Attempt: 1);
}
