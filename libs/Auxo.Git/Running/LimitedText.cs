using System.Buffers;
using System.Text;

namespace Auxo.Git;

/// <summary>What a program prints, up to a limit: one that prints without an end must not fill this process's memory.</summary>
public static class LimitedText
{
    /// <summary>16 Mi characters: more than any answer that is read here.</summary>
    public const int Most = 16 << 20;

    /// <summary>How the limit is said.</summary>
    public const string TooLong = "printed more than 16 MiB";

    /// <summary>Reads to the end.</summary>
    /// <param name="reader">What it prints.</param>
    /// <param name="stop">Called once when it is too long, to end the program.</param>
    /// <param name="ct">Stops.</param>
    /// <param name="most">The limit in characters.</param>
    /// <returns>Null when it is too long: a part of an answer is none.</returns>
    public static async Task<string?> ReadAsync(TextReader reader, Action stop, CancellationToken ct, int most = Most)
    {
        var buffer = ArrayPool<char>.Shared.Rent(16 << 10);
        try
        {
            var text = new StringBuilder();
            while (await reader.ReadAsync(buffer.AsMemory(), ct) is > 0 and var count)
            {
                if (text.Length + count > most)
                {
                    stop();
                    return null;
                }

                text.Append(buffer, 0, count);
            }

            return text.ToString();
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }
}
