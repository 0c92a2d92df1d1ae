using Auxo.Pipeline.Artifacts;
using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Execution.Processes;
using Auxo.Pipeline.Logs;
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
        var home = AuxoHome.From(configuration);
        var settings = ExecutionSettings.From(configuration);
        var user = StepUser.Current();
        services.AddSingleton(home);
        services.AddSingleton(settings);
        services.AddSingleton<StepLauncher>();
        services.AddSingleton(new WorkspaceStore(home, user));
        services.AddSingleton(new LogStore(home, settings));
        services.AddSingleton(new ArtifactStore(home, settings));
        services.AddSingleton(provider => new StepExecutors(
            home, settings, user, provider.GetRequiredService<StepLauncher>(), provider.GetService<TimeProvider>() ?? TimeProvider.System));
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
    NpgsqlDataSource database, AuxoHome home, WorkspaceStore workspaces, StepExecutors executors,
    ILogger<ExecutionStart> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Before their workspaces go or are carried on with.
        if (LeftoverProcesses.End(home) is > 0 and var ended)
            logger.LogWarning("{Count} processes of builds had outlived the last run and were ended.", ended);
        await workspaces.SweepAsync(await BuildTable.ReadyAsync(database, cancellationToken), cancellationToken);
        logger.LogInformation("Steps run in: {Sandbox}.", executors.Describe());
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
