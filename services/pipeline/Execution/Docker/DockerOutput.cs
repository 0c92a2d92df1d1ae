using System.Buffers.Binary;

using Auxo.Pipeline.Logs;

namespace Auxo.Pipeline.Execution.Docker;

/// <summary>
/// The attach stream of a container without a terminal: frames of eight bytes (stream, three zeros, big-endian length) and
/// content.
/// </summary>
internal static class DockerOutput
{
    /// <summary>Copies the contents of all frames, standard output and error in the order they came, until the stream ends.</summary>
    public static async Task CopyAsync(Stream frames, StepLog log)
    {
        var header = new byte[8];
        var buffer = new byte[64 << 10];
        try
        {
            while (await frames.ReadAtLeastAsync(header, 8, throwOnEndOfStream: false) == 8)
            {
                for (var left = (long)BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4)); left > 0;)
                {
                    var read = await frames.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)));
                    if (read == 0) return;
                    await log.WriteAsync(buffer.AsMemory(0, read));
                    left -= read;
                }
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            log.WriteLine($"--- the engine cut the output: {e.Message}");
        }
    }
}
