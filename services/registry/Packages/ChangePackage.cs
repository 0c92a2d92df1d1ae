namespace Auxo.Registry.Packages;

/// <summary>What is to become of a package that is there.</summary>
public abstract record PackageChange
{
    private PackageChange()
    {
    }

    /// <summary>Clients are told something of a version; <paramref name="Text"/> null: no longer.</summary>
    public sealed record Mark(string Version, string Name, string? Text) : PackageChange;

    /// <summary>A version goes.</summary>
    public sealed record Remove(string Version) : PackageChange;

    /// <summary>A version goes, if no tag points to it now.</summary>
    public sealed record RemoveUntagged(string Version) : PackageChange;

    /// <summary>All of its versions go.</summary>
    public sealed record RemoveAll : PackageChange;

    /// <summary>A tag points to a version.</summary>
    public sealed record Tag(string Name, string Version) : PackageChange;

    /// <summary>A tag goes.</summary>
    public sealed record Untag(string Name) : PackageChange;
}

/// <summary>Changes a package that is there.</summary>
public sealed class ChangePackage(IDocumentStore store, PackageDocuments documents, TimeProvider time)
{
    /// <summary>What happens; null when the version or tag is not there, nothing when all is so already.</summary>
    public static IReadOnlyList<PackageEvent>? Decide(Package? package, PackageChange change, string by, DateTimeOffset now)
    {
        if (package is null) return null;
        switch (change)
        {
            case PackageChange.Mark mark:
                if (package.Find(mark.Version) is not { } marked) return null;
                return marked.Marks.FirstOrDefault(m => m.Mark == mark.Name)?.Text == mark.Text
                    ? [] : [new PackageEvent.Marked(mark.Version, mark.Name, mark.Text, by, now)];
            case PackageChange.Remove remove:
                return package.Find(remove.Version) is null ? null : [new PackageEvent.Removed(remove.Version, by, now)];
            case PackageChange.RemoveUntagged remove:
                return package.Find(remove.Version) is null || package.Tags.Values.Contains(remove.Version, StringComparer.Ordinal)
                    ? null : [new PackageEvent.Removed(remove.Version, by, now)];
            case PackageChange.RemoveAll:
                return package.Versions.Count == 0
                    ? null : [.. package.Versions.Select(v => new PackageEvent.Removed(v.Version, by, now))];
            case PackageChange.Tag tag:
                if (package.Find(tag.Version) is null) return null;
                return package.Tags.GetValueOrDefault(tag.Name) == tag.Version
                    ? [] : [new PackageEvent.Tagged(tag.Name, tag.Version, by, now)];
            case PackageChange.Untag untag:
                return package.Tags.ContainsKey(untag.Name) ? [new PackageEvent.Untagged(untag.Name, by, now)] : null;
            default:
                throw new InvalidOperationException($"{change.GetType().Name} is no known change.");
        }
    }

    /// <summary>Makes the changes together, or none of them; false when something of it is not there.</summary>
    public Task<bool> RunAsync(string repository, string name, IReadOnlyList<PackageChange> changes, string by)
        => LostRace.RetryAsync(async () =>
        {
            await using var session = store.TracedSession();
            var stream = await session.Events.FetchForWriting<Package>(Package.StreamKey(repository, name), CancellationToken.None);
            var package = stream.Aggregate;
            foreach (var change in changes)
            {
                if (Decide(package, change, by, time.GetUtcNow()) is not { } events) return false;
                foreach (var e in events)
                {
                    stream.AppendOne(e);
                    PackageRows.Queue(session, repository, name, package, e);
                    package = package!.After(e);
                }
            }

            try
            {
                await session.SaveChangesAsync(CancellationToken.None);
            }
            finally
            {
                documents.Forget(repository, name);
            }

            return true;
        });
}
