using Docker.DotNet;
using Docker.DotNet.Models;

namespace Auxo.Pipeline.Execution.Docker;

/// <summary>Containers of an instance whose process was killed: steps and services that run on, and those that wait.</summary>
internal static class LeftoverContainers
{
    /// <summary>Removes all of them, with their networks and volumes.</summary>
    /// <param name="engine">Has them.</param>
    /// <param name="home">The instance's folder, which is their label. Those of other instances stay.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>How many there were.</returns>
    public static async Task<int> RemoveAsync(DockerClient engine, string home, CancellationToken ct)
    {
        var left = await engine.Containers.ListContainersAsync(
            new ContainersListParameters
            {
                All = true,
                Filters = new Dictionary<string, IDictionary<string, bool>>(StringComparer.Ordinal)
                {
                    ["label"] = new Dictionary<string, bool>(StringComparer.Ordinal)
                    {
                        [$"{ContainerStart.InstanceLabel}={home}"] = true,
                    },
                },
            }, ct);
        foreach (var container in left) await StepContainer.RemoveAsync(engine, container.ID);
        return left.Count;
    }
}
