using Auxo.Pipeline.Execution.Processes;

using Docker.DotNet;

namespace Auxo.Pipeline.Execution.Docker;

/// <summary>What comes out of a container: a step's output on one pipe, its script's own words on the other.</summary>
internal static class DockerOutput
{
    /// <summary>Copies it until the container says that the step has ended, or its output ends.</summary>
    /// <returns>How the step ended, by the container's word; null when it said none.</returns>
    /// <exception cref="IOException">The engine cut the output.</exception>
    public static async Task<ContainerEnd?> CopyAsync(MultiplexedStream stream, ContainerOutput output, StepStatus status)
    {
        var buffer = new byte[64 << 10];
        while (output.End is null
            && await stream.ReadOutputAsync(buffer, 0, buffer.Length, CancellationToken.None) is { EOF: false } read)
        {
            if (read.Target == MultiplexedStream.TargetStream.StandardError) status.Take(buffer.AsSpan(0, read.Count));
            else await output.TakeAsync(buffer.AsMemory(0, read.Count));
        }

        await output.CloseAsync();
        return output.End;
    }

    /// <summary>Reads on after the word of the end: the script's own words may still be on their way.</summary>
    public static async Task DrainAsync(MultiplexedStream stream, StepStatus status)
    {
        var buffer = new byte[64 << 10];
        while (await stream.ReadOutputAsync(buffer, 0, buffer.Length, CancellationToken.None) is { EOF: false } read)
            if (read.Target == MultiplexedStream.TargetStream.StandardError) status.Take(buffer.AsSpan(0, read.Count));
    }
}
