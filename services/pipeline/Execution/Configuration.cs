using Auxo.Pipeline.Artifacts;
using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Caches;
using Auxo.Pipeline.Execution.Processes;
using Auxo.Pipeline.Logs;
using Auxo.Pipeline.Logs.Lines;
using Auxo.Pipeline.Workspaces;

using Npgsql;

namespace Auxo.Pipeline.Execution;

/// <summary>Wires workspaces, executors, logs and artifacts.</summary>
public static class ExecutionConfiguration
{
    /// <summary>
    /// Adds them. Call it after the event store, whose tables say which builds are carried on, and before the services that run
    /// builds: leftovers are swept in between.
    /// </summary>
    /// <exception cref="FormatException">A setting is no number; the message names it.</exception>
    public static IServiceCollection AddExecution(this IServiceCollection services, IConfiguration configuration)
    {
        var layout = InstanceLayout.Locate(name => configuration[name]);
        var settings = ExecutionSettings.From(configuration);
        var user = StepUser.Current();
        services.AddSingleton(layout);
        services.AddSingleton(settings);
        services.AddSingleton<StepLauncher>();
        services.AddSingleton(new WorkspaceStore(layout, user));
        services.AddSingleton(provider => new LogStore(
            layout, settings, provider.GetService<TimeProvider>() ?? TimeProvider.System));
        services.AddSingleton<LongReads>();
        services.AddSingleton<LogOutlines>();
        services.AddSingleton(new ArtifactStore(layout, settings));
        services.AddSingleton(provider => new CacheStore(
            layout.Caches, settings.CacheBytes, provider.GetService<TimeProvider>() ?? TimeProvider.System));
        services.AddSingleton(provider => new StepExecutors(
            layout, settings, user, provider.GetRequiredService<StepLauncher>(),
            provider.GetService<TimeProvider>() ?? TimeProvider.System));
        services.AddHostedService<ExecutionStart>();
        services.AddSingleton<SpareWorker>();
        services.AddHostedService(static p => p.GetRequiredService<SpareWorker>());
        return services;
    }
}

/// <summary>
/// Before the first build: what a killed process left is ended and removed, but for what its builds are carried on with, and the
/// log says what will hold steps.
/// </summary>
internal sealed class ExecutionStart(
    NpgsqlDataSource database, InstanceLayout layout, WorkspaceStore workspaces, CacheStore caches, StepExecutors executors,
    ILogger<ExecutionStart> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        layout.Make();
        // A killed pipeline left them, with scripts of repositories in them.
        foreach (var left in Directory.EnumerateDirectories(layout.Checks)) Directory.Delete(left, recursive: true);
        caches.Sweep();
        // Before their workspaces go or are carried on with.
        if (LeftoverProcesses.End(layout) is > 0 and var ended)
            logger.LogWarning("{Count} processes of builds had outlived the last run and were ended.", ended);
        if (await executors.SweepAsync(cancellationToken) is var containers && containers is > 0)
            logger.LogWarning("{Count} containers of builds had outlived the last run and were removed.", containers);
        else if (containers is null)
            logger.LogWarning(
                "Docker does not say whether containers of the last run are left; look: docker ps --filter label=auxo.instance");
        // What a step on the host or in a container was begun with: its script has its secrets.
        foreach (var left in Directory.EnumerateDirectories(layout.Steps))
            if (Guid.TryParse(Path.GetFileName(left), out _)) await WorkspaceFolder.RemoveAsync(left, cancellationToken);
        await workspaces.SweepAsync(await BuildTable.ReadyAsync(database, cancellationToken), cancellationToken);
        logger.LogInformation("Steps run in: {Sandbox}.", executors.Describe());
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
