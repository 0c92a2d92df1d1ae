using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

using Auxo.Instances;
using Auxo.Postgres;

namespace Auxo.Hosting.Model;

/// <summary>A private PostgreSQL server in the instance's folder, reached over a Unix socket only.</summary>
public sealed class PrivatePostgresResource : ExecutableResource, IResourceWithConnectionString
{
    internal PrivatePostgresResource(string name, PostgresServer server, ChildProcessStart start)
        : base(name, Words(start)[0], start.WorkingDirectory)
        => (Server, StartOfServer) = (server, start);

    /// <summary>The superuser's, database <c>postgres</c>.</summary>
    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{Server.ConnectionString}");

    internal PostgresServer Server { get; }

    internal ChildProcessStart StartOfServer { get; }

    /// <summary>The words that start it as its own user.</summary>
    internal static IReadOnlyList<string> Words(ChildProcessStart start)
        => [.. ChildProcess.AsUser(start), start.FileName, .. start.Arguments];
}

/// <summary>A database on the private server; it is made when it is missing.</summary>
public sealed class PrivatePostgresDatabaseResource(string name, PrivatePostgresResource server)
    : Resource(name), IResourceWithParent<PrivatePostgresResource>, IResourceWithConnectionString
{
    /// <summary>The server that holds it.</summary>
    public PrivatePostgresResource Parent => server;

    /// <summary>The superuser's. A service gets one of its own by <see cref="DatabaseExtensions.WithLogin"/>.</summary>
    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{server.Server.ConnectionStringOf(Name)}");
}

/// <summary>Adds a private PostgreSQL to an application.</summary>
public static class PrivatePostgresExtensions
{
    /// <summary>
    /// For a team's load on a small machine: little memory at rest, and room for five services with ten connections each.
    /// </summary>
    private static readonly Dictionary<string, string> Settings = new(StringComparer.Ordinal)
    {
        ["shared_buffers"] = "64MB", ["max_connections"] = "100", ["max_wal_size"] = "1GB", ["jit"] = "off",
        ["log_line_prefix"] = "%m [%p] %q%a ",
    };

    /// <summary>Adds a server that keeps its data in <c>pg/</c> of the instance's folder, from start to start.</summary>
    /// <exception cref="PostgresClusterException">No PostgreSQL is installed.</exception>
    public static IResourceBuilder<PrivatePostgresResource> AddPrivatePostgres(this IDistributedApplicationBuilder builder, string name)
    {
        var layout = builder.Layout();
        var server = new PostgresServer(layout.Database, Sockets(layout));
        var start = server.Start(Settings);
        var resource = new PrivatePostgresResource(name, server, start);
        builder.AddDatabaseHealthCheck(resource);
        return builder.AddResource(resource)
            .WithArgs([.. PrivatePostgresResource.Words(start).Skip(1)])
            .WithEnvironment("LC_ALL", "C.UTF-8")
            .WithIconName("Database")
            .OnBeforeResourceStarted(static (r, _, ct) => r.Server.PrepareAsync(ct));
    }

    /// <summary>Adds a database on the server.</summary>
    public static IResourceBuilder<PrivatePostgresDatabaseResource> AddDatabase(
        this IResourceBuilder<PrivatePostgresResource> server, string name)
        => server.ApplicationBuilder.AddResource(new PrivatePostgresDatabaseResource(name, server.Resource));

    /// <summary>
    /// A socket's path has at most 108 bytes, with the server's own name in it: a deep folder gets a short one elsewhere.
    /// </summary>
    private static string Sockets(InstanceLayout layout)
    {
        if (layout.Sockets.Length <= 80) return layout.Sockets;
        var elsewhere = Directory.CreateTempSubdirectory("auxo-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(elsewhere, recursive: true);
        return elsewhere;
    }
}
