using Auxo.Pipeline.Runners.Leases;
using Auxo.Pipeline.Runners.Placing;
using Auxo.Pipeline.Runners.Protocol;
using Auxo.Pipeline.Runners.Queue;
using Auxo.Pipeline.Running;

namespace Auxo.Pipeline.Runners;

/// <summary>Wires what other machines need of the pipeline.</summary>
internal static class RunnersConfiguration
{
    /// <summary>Adds it.</summary>
    public static IServiceCollection AddRunners(this IServiceCollection services, IConfiguration configuration)
    {
        var labels = RunnerLabels.From(configuration);
        services.AddSingleton(LeaseSettings.From(configuration));
        services.AddSingleton(PackSettings.From(configuration));
        services.AddSingleton(provider => new Machine(
            Environment.MachineName, labels, IsReserved: false, TakesStrangers: true,
            provider.GetRequiredService<RunnerSettings>().Capacity));
        services.AddSingleton<RunnerTable>();
        services.AddSingleton<HandoverTable>();
        services.AddSingleton<RunnerDesk>();
        services.AddSingleton<Handovers>();
        services.AddSingleton<RemoteSteps>();
        return services;
    }

    /// <summary>Maps its routes.</summary>
    public static void MapRunners(this IEndpointRouteBuilder routes)
    {
        RegisterRunner.Map(routes);
        ListRunners.Map(routes);
        SwitchRunner.Map(routes);
        ShowQueue.Map(routes);
        RunnerCalls.Map(routes);
    }
}
