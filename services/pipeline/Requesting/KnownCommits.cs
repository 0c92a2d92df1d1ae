using System.Text;

using Auxo.Pipeline.Builds;

using Npgsql;

namespace Auxo.Pipeline.Requesting;

/// <summary>
/// Whether trusted keys stand behind a commit that somebody names by hand. Only ingest reads keys; what it has reported is what
/// counts here: the canonical head, which the delegates signed, and the heads of followed branches and of patches by
/// authors who were trusted and still are. Whoever signs a commit signs its history.
/// </summary>
internal static class KnownCommits
{
    /// <summary>The newest of them: an older one is an ancestor of the canonical head, or nobody merged it.</summary>
    private const int MaxTips = 500;

    /// <summary>
    /// True for an ancestor of what ingest reported as trusted. A repository without Radicle has no strangers: whoever can write
    /// there can do anything.
    /// </summary>
    public static async Task<bool> IsTrustedAsync(
        NpgsqlDataSource database, BuildRepository repository, string folder, CommitId commit, CancellationToken ct)
    {
        if (!repository.Rid.IsRadicle) return true;
        var tips = new HashSet<string>(StringComparer.Ordinal);
        if (repository.Head is { } head) tips.Add(head.Value);
        await using (var command = database.CreateCommand(
            """
            select commit_id from pipeline.builds b where rid = $1 and trust = 'Trusted' and trigger in ('Patch', 'Branch')
                and not (trigger = 'Patch' and exists (
                    select from pipeline.trust t join pipeline.mt_doc_build d on d.id = 'build/' || b.build_id
                    where t.rid = $1 and t.trust = 'Stranger' and t.did = d.data -> 'subject' ->> 'author'))
            order by queued_at desc limit $2
            """)
            .With(repository.Rid.Value, MaxTips))
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct)) tips.Add(reader.GetString(0));
        }

        if (tips.Contains(commit.Value)) return true;
        // The commit is printed unless one of the tips reaches it; a tip that is gone says nothing.
        var unreached = await GitCommand.RunAsync(
            folder, ["rev-list", "--ignore-missing", "--max-count=1", "--stdin"], ct,
            Encoding.ASCII.GetBytes(string.Concat(tips.Select(static tip => $"^{tip}\n").Prepend($"{commit}\n"))));
        return tips.Count > 0 && unreached.Length == 0;
    }
}
