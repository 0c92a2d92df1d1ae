using Aspire.Hosting;

using Auxo.Hosting.Supervision;
using Auxo.Instances;

namespace Auxo.Hosting.Tests;

/// <summary>A model of small programs, run by the supervisor on a folder of its own.</summary>
internal sealed class SupervisedModel : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly InstanceFolder _folder;
    private readonly DistributedApplication _app;

    private SupervisedModel(InstanceFolder folder, DistributedApplication app, Supervisor supervisor)
        => (_folder, _app, Supervisor) = (folder, app, supervisor);

    public Supervisor Supervisor { get; }

    public string Home => _folder.Layout.Home;

    public static SupervisedModel Of(Action<IDistributedApplicationBuilder> describe)
    {
        var folder = InstanceFolder.Open(new InstanceLayout(Directory.CreateTempSubdirectory("auxo-supervisor-").FullName));
        var builder = HostCommand.SupervisedBuilder();
        HostCommand.Describe(builder, folder.Layout, describe);
        var app = builder.Build();
        return new SupervisedModel(folder, app, new Supervisor(app, folder, TimeProvider.System));
    }

    /// <summary>Starts everything; null when all is well, else why not.</summary>
    public async Task<string?> StartAsync()
    {
        await Supervisor.StartAsync(CancellationToken.None);
        return await Supervisor.WaitUntilWellAsync(attempts: 3, Limit, CancellationToken.None);
    }

    public ResourceSnapshot this[string resource] => Supervisor.Find(resource)!.Snapshot;

    public string Log(string resource) => File.ReadAllText(Path.Combine(Home, "logs", resource + ".log"));

    public async ValueTask DisposeAsync()
    {
        await Supervisor.DisposeAsync();
        await _app.DisposeAsync();
        _folder.Dispose();
        Directory.Delete(Home, recursive: true);
    }
}
