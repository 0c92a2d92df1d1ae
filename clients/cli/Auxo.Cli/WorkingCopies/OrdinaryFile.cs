using Auxo.Instances;

namespace Auxo.Cli.WorkingCopies;

/// <summary>
/// Reads a file of which somebody else decides what lies there: a pipe would be waited for without an end, and a device has none.
/// </summary>
internal static class OrdinaryFile
{
    /// <summary>All of a file.</summary>
    /// <param name="path">Where.</param>
    /// <param name="ct">Stops.</param>
    /// <returns>Null when there is none, and for a link that leads nowhere.</returns>
    /// <exception cref="CliException">It is something else than a file.</exception>
    public static async Task<byte[]?> ReadAsync(string path, CancellationToken ct)
        => Check(path) ? await File.ReadAllBytesAsync(path, ct) : null;

    /// <inheritdoc cref="ReadAsync(string, CancellationToken)"/>
    public static async Task<string?> ReadTextAsync(string path, CancellationToken ct)
        => Check(path) ? await File.ReadAllTextAsync(path, ct) : null;

    /// <summary>Whether there is a file at all.</summary>
    /// <exception cref="CliException">There is something else.</exception>
    public static bool Check(string path)
        => Posix.KindOf(path) switch
        {
            FileKind.None => false,
            FileKind.File => true,
            var kind => throw new CliException(
                ExitCode.Negative, $"{path} is a {Word(kind)}, and a file is needed there.", "Move it away, then again."),
        };

    private static string Word(FileKind kind) => kind == FileKind.Pipe ? "named pipe" : kind.ToString().ToLowerInvariant();
}
