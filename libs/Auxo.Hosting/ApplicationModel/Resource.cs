using System.Text.RegularExpressions;

namespace Auxo.Hosting.ApplicationModel;

/// <summary>A part of the application: inert data. What runs it is the orchestrator's business.</summary>
public abstract partial class Resource
{
    /// <summary>Names it: an ASCII letter, then letters, digits and single hyphens, at most 64.</summary>
    /// <exception cref="ArgumentException">The name is not of that form.</exception>
    protected Resource(string name)
    {
        if (name.Length > 64 || !ValidName().IsMatch(name))
            throw new ArgumentException(
                $"'{name}' is no resource name: a letter, then letters, digits and single hyphens, at most 64 characters.", nameof(name));
        Name = name;
    }

    /// <summary>Its name, unique in the application.</summary>
    public string Name { get; }

    /// <summary>What was said about it.</summary>
    public IList<IResourceAnnotation> Annotations { get; } = [];

    /// <summary>The annotations of one kind, in the order in which they were given.</summary>
    public IEnumerable<T> Of<T>() where T : IResourceAnnotation => Annotations.OfType<T>();

    /// <summary>The port it listens on, or null when it has no HTTP endpoint.</summary>
    public int? Port => Of<EndpointAnnotation>().LastOrDefault()?.Port;

    /// <summary>
    /// Where programs on this machine reach it when services listen on <paramref name="bind"/>; null when it has no endpoint.
    /// </summary>
    public string? Url(string bind) => Port is { } port ? $"http://{(bind is "0.0.0.0" or "[::]" ? "127.0.0.1" : bind)}:{port}" : null;

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex ValidName();
}

/// <summary>A PostgreSQL server: an external one, a private cluster or a container, whichever is to be had.</summary>
public sealed class PostgresServerResource(string name) : Resource(name);

/// <summary>A database on a server. Each project that references it gets a login role and a schema of its own there.</summary>
public sealed class PostgresDatabaseResource(string name, PostgresServerResource server) : Resource(name)
{
    /// <summary>The server that holds it.</summary>
    public PostgresServerResource Server { get; } = server;
}

/// <summary>A project of this solution, run as its built executable.</summary>
/// <param name="name">The resource's name.</param>
/// <param name="path">The project file; its name without extension names the executable.</param>
public sealed class ProjectResource(string name, string path) : Resource(name)
{
    /// <summary>The project's name, such as <c>Auxo.Pipeline</c>.</summary>
    public string ProjectName { get; } = Path.GetFileNameWithoutExtension(path);
}

/// <summary>Something said about a resource.</summary>
public interface IResourceAnnotation;

/// <summary>It listens for HTTP on this port, which <c>AUXO_PORTS_{NAME}</c> overrides.</summary>
internal sealed record EndpointAnnotation(int Port) : IResourceAnnotation;

/// <summary>It is told how to reach another resource.</summary>
internal sealed record ReferenceAnnotation(Resource Target) : IResourceAnnotation;

/// <summary>It starts when another resource is running and healthy.</summary>
internal sealed record WaitAnnotation(Resource Target) : IResourceAnnotation;

/// <summary>A variable of its environment.</summary>
internal sealed record EnvironmentAnnotation(string Name, string Value) : IResourceAnnotation;

/// <summary>A variable (or, ending in <c>*</c>, all that begin so) which only resources with this annotation inherit.</summary>
internal sealed record ConfidentialEnvironmentAnnotation(string Pattern) : IResourceAnnotation
{
    public bool Covers(string variable)
        => Pattern.EndsWith('*') ? variable.StartsWith(Pattern[..^1], StringComparison.Ordinal) : variable == Pattern;
}

/// <summary>The server keeps its data in the instance's folder.</summary>
internal sealed record DataVolumeAnnotation : IResourceAnnotation;

/// <summary>A schema of the database that belongs to no project.</summary>
internal sealed record SharedSchemaAnnotation(string Schema) : IResourceAnnotation;

/// <summary>Runs on the database as its administrator before anybody else may use it, at every start: it must be repeatable.</summary>
internal sealed record InitialisationAnnotation(Func<DatabaseInitialisation, CancellationToken, Task> RunAsync) : IResourceAnnotation;

/// <summary>What an initialisation gets.</summary>
/// <param name="ConnectionString">The administrator's.</param>
/// <param name="Home">The instance's folder.</param>
public sealed record DatabaseInitialisation(string ConnectionString, string Home);
