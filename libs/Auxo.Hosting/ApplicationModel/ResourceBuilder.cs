namespace Auxo.Hosting.ApplicationModel;

/// <summary>A resource being described; the methods of <see cref="ResourceBuilderExtensions"/> say things about it.</summary>
public sealed record ResourceBuilder<T>(DistributedApplicationBuilder Application, T Resource)
    where T : Resource
{
    internal ResourceBuilder<T> With(IResourceAnnotation annotation)
    {
        Resource.Annotations.Add(annotation);
        return this;
    }
}

/// <summary>The vocabulary of an AppHost; names and meanings are Aspire's.</summary>
public static class ResourceBuilderExtensions
{
    /// <summary>Adds a PostgreSQL server.</summary>
    public static ResourceBuilder<PostgresServerResource> AddPostgres(this DistributedApplicationBuilder builder, string name)
        => builder.Add(new PostgresServerResource(name));

    /// <summary>
    /// Keeps the server's data in the instance's folder, from start to start. Without it the data is a new, empty one each
    /// time.
    /// </summary>
    public static ResourceBuilder<PostgresServerResource> WithDataVolume(this ResourceBuilder<PostgresServerResource> server)
        => server.With(new DataVolumeAnnotation());

    /// <summary>
    /// Adds a database. <c>ConnectionStrings__{name}</c> in the AppHost's own environment makes it an external one; the server
    /// is then not started.
    /// </summary>
    public static ResourceBuilder<PostgresDatabaseResource> AddDatabase(this ResourceBuilder<PostgresServerResource> server, string name)
        => server.Application.Add(new PostgresDatabaseResource(name, server.Resource)).WaitFor(server);

    /// <summary>
    /// Adds a schema that all services use and none may change: it belongs to <c>{database}_{schema}_owner</c>, whom only the
    /// administrator may become. An initialisation makes its tables and grants.
    /// </summary>
    public static ResourceBuilder<PostgresDatabaseResource> WithSharedSchema(
        this ResourceBuilder<PostgresDatabaseResource> database, string schema)
        => database.With(new SharedSchemaAnnotation(schema));

    /// <summary>
    /// Runs <paramref name="runAsync"/> as the administrator after the roles are there and before any service starts. It must
    /// be repeatable.
    /// </summary>
    public static ResourceBuilder<PostgresDatabaseResource> WithInitialisation(
        this ResourceBuilder<PostgresDatabaseResource> database, Func<DatabaseInitialisation, CancellationToken, Task> runAsync)
        => database.With(new InitialisationAnnotation(runAsync));

    /// <summary>Adds a project; <paramref name="path"/> is its file, relative to the AppHost's.</summary>
    public static ResourceBuilder<ProjectResource> AddProject(this DistributedApplicationBuilder builder, string name, string path)
        => builder.Add(new ProjectResource(name, path));

    /// <summary>
    /// Tells it how to reach a database (<c>ConnectionStrings__{name}</c>, with its own role) or another project
    /// (<c>services__{name}__http__0</c> and <c>{NAME}_HTTP</c>).
    /// </summary>
    public static ResourceBuilder<ProjectResource> WithReference<T>(
        this ResourceBuilder<ProjectResource> project, ResourceBuilder<T> target)
        where T : Resource
        => project.With(new ReferenceAnnotation(target.Resource));

    /// <summary>Starts it when <paramref name="target"/> is running and healthy.</summary>
    public static ResourceBuilder<T> WaitFor<T, TTarget>(this ResourceBuilder<T> resource, ResourceBuilder<TTarget> target)
        where T : Resource
        where TTarget : Resource
        => resource.With(new WaitAnnotation(target.Resource));

    /// <summary>Sets a variable of its environment; the last one said counts.</summary>
    public static ResourceBuilder<ProjectResource> WithEnvironment(this ResourceBuilder<ProjectResource> project, string name, string value)
        => project.With(new EnvironmentAnnotation(name, value));

    /// <summary>
    /// Lets it inherit variables that no other resource may see: a name, or a beginning followed by <c>*</c>, such as <c>RAD_*</c>.
    /// </summary>
    public static ResourceBuilder<ProjectResource> WithConfidentialEnvironment(
        this ResourceBuilder<ProjectResource> project, params string[] patterns)
        => patterns.Aggregate(project, static (p, pattern) => p.With(new ConfidentialEnvironmentAnnotation(pattern)));

    /// <summary>It listens for HTTP on this port; <c>AUXO_PORTS_{NAME}</c> in the AppHost's environment overrides it.</summary>
    public static ResourceBuilder<ProjectResource> WithHttpEndpoint(this ResourceBuilder<ProjectResource> project, int port)
        => project.With(new EndpointAnnotation(project.Application.Port(project.Resource.Name, port)));
}
