namespace Auxo.Hosting.ApplicationModel;

/// <summary>All resources of an application, in the order in which they were added.</summary>
public sealed record DistributedApplicationModel(IReadOnlyList<Resource> Resources)
{
    /// <summary>The projects among them.</summary>
    public IEnumerable<ProjectResource> Projects => Resources.OfType<ProjectResource>();

    /// <summary>The databases on a server.</summary>
    public IEnumerable<PostgresDatabaseResource> DatabasesOf(PostgresServerResource server)
        => Resources.OfType<PostgresDatabaseResource>().Where(d => d.Server == server);

    /// <summary>The projects that reference a database.</summary>
    public IEnumerable<ProjectResource> UsersOf(PostgresDatabaseResource database)
        => Projects.Where(p => p.Of<ReferenceAnnotation>().Any(r => r.Target == database));
}
