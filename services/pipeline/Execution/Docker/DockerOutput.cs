using Auxo.Pipeline.Logs;

using Docker.DotNet;

namespace Auxo.Pipeline.Execution.Docker;

/// <summary>What a container prints, standard output and error in the order they came.</summary>
internal static class DockerOutput
{
    /// <summary>Copies it until the container's output ends.</summary>
    public static async Task CopyAsync(MultiplexedStream output, StepLog log)
    {
        var buffer = new byte[64 << 10];
        try
        {
            while (await output.ReadOutputAsync(buffer, 0, buffer.Length, CancellationToken.None) is { EOF: false, Count: var read })
                await log.WriteAsync(buffer.AsMemory(0, read));
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            log.WriteLine($"--- the engine cut the output: {e.Message}");
        }
    }
}
