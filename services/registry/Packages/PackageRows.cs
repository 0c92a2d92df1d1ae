using Auxo.Registry.Files;

namespace Auxo.Registry.Packages;

/// <summary>What an event of a package writes beside its stream.</summary>
internal static class PackageRows
{
    /// <summary>Queues it, for the transaction of the event.</summary>
    /// <param name="session">Where the event is appended.</param>
    /// <param name="repository">Where the package is.</param>
    /// <param name="name">Its name.</param>
    /// <param name="before">As it was; null when it was not there.</param>
    /// <param name="e">What happened.</param>
    public static void Queue(IDocumentSession session, string repository, string name, Package? before, PackageEvent e)
    {
        switch (e)
        {
            case PackageEvent.Published published:
                Changed(session, repository, name, published.At);
                Publish(session, repository, name, published);
                return;
            case PackageEvent.Marked marked:
                Changed(session, repository, name, marked.At);
                session.QueueSqlCommand(Sql.Command(
                    """
                    update registry.package_versions
                    set marks = case when $5::text is null then marks - $4 else marks || jsonb_build_object($4::text, $5::text) end
                    where repository = $1 and name = $2 and version = $3
                    """, repository, name, marked.Version, marked.Mark, marked.Text));
                return;
            case PackageEvent.Removed removed:
                Changed(session, repository, name, removed.At);
                var files = before?.Find(removed.Version)?.Files ?? [];
                session.QueueSqlCommand(FileTable.Charge(repository, -files.Sum(static f => f.SizeBytes), -files.Count));
                session.QueueSqlCommand(Sql.Command(
                    "delete from registry.package_versions where repository = $1 and name = $2 and version = $3",
                    repository, name, removed.Version));
                return;
            case PackageEvent.Tagged tagged:
                Changed(session, repository, name, tagged.At);
                Tag(session, repository, name, tagged.Tag, tagged.Version);
                return;
            case PackageEvent.Untagged untagged:
                Changed(session, repository, name, untagged.At);
                session.QueueSqlCommand(Sql.Command(
                    "delete from registry.package_tags where repository = $1 and name = $2 and tag = $3", repository, name, untagged.Tag));
                return;
            default:
                throw new InvalidOperationException($"No rows are known for {e.GetType().Name}.");
        }
    }

    private static void Changed(IDocumentSession session, string repository, string name, DateTimeOffset at)
        => session.QueueSqlCommand(Sql.Command(
            """
            insert into registry.packages as p (repository, name, revision, created_at, changed_at) values ($1, $2, 1, $3, $3)
            on conflict (repository, name) do update set revision = p.revision + 1, changed_at = excluded.changed_at
            """, repository, name, at));

    private static void Publish(IDocumentSession session, string repository, string name, PackageEvent.Published e)
    {
        session.QueueSqlCommand(FileTable.Charge(repository, e.Files.Sum(static f => f.SizeBytes), e.Files.Count));
        session.QueueSqlCommand(Sql.Command(
            """
            insert into registry.package_versions (repository, name, version, metadata, published_at, published_by)
            values ($1, $2, $3, $4, $5, $6) on conflict do nothing
            """, repository, name, e.Version, e.Metadata, e.At, e.By));
        foreach (var file in e.Files)
        {
            session.QueueSqlCommand(Sql.Command(
                """
                insert into registry.package_files (repository, name, version, file, digest, size_bytes, media_type, metadata, stored_at)
                values ($1, $2, $3, $4, $5, $6, $7, $8::text, $9)
                """, repository, name, e.Version, file.Name, file.Digest["sha256:".Length..], file.SizeBytes, file.MediaType,
                file.Metadata, e.At));
        }

        foreach (var tag in e.Tags) Tag(session, repository, name, tag, e.Version);
    }

    private static void Tag(IDocumentSession session, string repository, string name, string tag, string version)
        => session.QueueSqlCommand(Sql.Command(
            """
            insert into registry.package_tags (repository, name, tag, version) values ($1, $2, $3, $4)
            on conflict (repository, name, tag) do update set version = excluded.version
            """, repository, name, tag, version));
}
