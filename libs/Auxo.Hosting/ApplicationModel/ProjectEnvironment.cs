namespace Auxo.Hosting.ApplicationModel;

/// <summary>What is known of the instance when a project's environment is made.</summary>
/// <param name="Home">The instance's folder.</param>
/// <param name="Bind">The address that services listen on; <c>127.0.0.1</c> unless the operator says otherwise.</param>
/// <param name="InstanceId">Distinguishes this start from others in telemetry.</param>
/// <param name="ConnectionStringOf">The connection string of a database for one project: its own role and password.</param>
public sealed record ProjectContext(
    string Home, string Bind, string InstanceId, Func<PostgresDatabaseResource, ProjectResource, string> ConnectionStringOf);

/// <summary>The environment that a project gets; literal and without side effects, so that a test can read it from the model.</summary>
public static class ProjectEnvironment
{
    /// <summary>
    /// How much a service allocates before it collects: 2 MiB, in hexadecimal; the runtime takes it from the environment only.
    /// Without it that is a share of the processor's cache, on a server tens of megabytes, which every service would hold for
    /// nothing while it rests.
    /// </summary>
    private const string Gen0Size = "200000";

    /// <summary>The whole environment: what is inherited, without what is confidential to others, and what the model says.</summary>
    public static SortedDictionary<string, string> Of(
        ProjectResource project, DistributedApplicationModel model, IReadOnlyDictionary<string, string> inherited, ProjectContext context)
    {
        var confidential = model.Resources.Where(r => r != project).SelectMany(r => r.Of<ConfidentialEnvironmentAnnotation>()).ToList();
        var admitted = project.Of<ConfidentialEnvironmentAnnotation>().ToList();
        var environment = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in inherited)
        {
            // The operator's own connection string may be a superuser's; a service gets only its own.
            if (name.StartsWith("ConnectionStrings__", StringComparison.Ordinal)) continue;
            if (confidential.Exists(c => c.Covers(name)) && !admitted.Exists(c => c.Covers(name))) continue;
            environment[name] = value;
        }

        environment["AUXO_HOME"] = context.Home;
        environment["ASPNETCORE_ENVIRONMENT"] = environment["DOTNET_ENVIRONMENT"] = inherited.GetValueOrDefault(
            "ASPNETCORE_ENVIRONMENT", "Production");
        environment.TryAdd("DOTNET_GCgen0size", Gen0Size);
        environment["OTEL_SERVICE_NAME"] = project.Name;
        environment["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={context.InstanceId}";
        if (project.Port is { } port) environment["ASPNETCORE_URLS"] = $"http://{context.Bind}:{port}";
        foreach (var reference in project.Of<ReferenceAnnotation>()) AddReference(environment, reference.Target, project, context);
        foreach (var variable in project.Of<EnvironmentAnnotation>()) environment[variable.Name] = variable.Value;
        return environment;
    }

    private static void AddReference(
        SortedDictionary<string, string> environment, Resource target, ProjectResource project, ProjectContext context)
    {
        if (target is PostgresDatabaseResource database)
        {
            environment[$"ConnectionStrings__{database.Name}"] = context.ConnectionStringOf(database, project);
        }
        else if (target.Url(context.Bind) is { } url)
        {
            environment[$"services__{target.Name}__http__0"] = url;
            environment[$"{target.Name.ToUpperInvariant().Replace('-', '_')}_HTTP"] = url;
        }
    }
}
