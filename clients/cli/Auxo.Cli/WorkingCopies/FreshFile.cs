namespace Auxo.Cli.WorkingCopies;

/// <summary>
/// The new content of a file, written to the disk beside it, which then takes its place in one step. Whatever fails before that, a full
/// disk first of all, leaves the file as it was, and nothing beside it.
/// </summary>
internal sealed class FreshFile : IDisposable
{
    private readonly string _file;
    private readonly string _fresh;

    private FreshFile(string file, string fresh) => (_file, _fresh) = (file, fresh);

    /// <summary>Writes the content, and has the file in place.</summary>
    /// <param name="path">The file; one that a link leads to is replaced there, and the link stays.</param>
    /// <param name="content">All of it.</param>
    /// <param name="ct">Stops; the file is then as it was.</param>
    /// <exception cref="IOException">It could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static async Task ReplaceAsync(string path, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        using var fresh = await WriteAsync(Real(path), content, mode: null, ct);
        fresh.Take();
    }

    /// <summary>Writes the content beside a file.</summary>
    /// <param name="path">The file; a link itself is what is replaced.</param>
    /// <param name="content">All of it.</param>
    /// <param name="mode">Its mode; null for that of the file that is there, and the usual one for a new file.</param>
    /// <param name="ct">Stops.</param>
    /// <exception cref="IOException">It could not be written.</exception>
    public static async Task<FreshFile> WriteAsync(string path, ReadOnlyMemory<byte> content, UnixFileMode? mode, CancellationToken ct)
    {
        var file = new FreshFile(path, $"{path}.{Guid.NewGuid():N}.new");
        mode ??= File.Exists(path) ? File.GetUnixFileMode(path) : null;
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        // Nobody may read it meanwhile who may not read the file.
        if (mode is { } own) options.UnixCreateMode = own;
        try
        {
            await using (var stream = new FileStream(file._fresh, options))
            {
                await stream.WriteAsync(content, ct);
                stream.Flush(flushToDisk: true);
            }

            if (mode is { } wanted) File.SetUnixFileMode(file._fresh, wanted);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The file itself, where a link leads to one; a link that leads nowhere leads to the file that is to be.</summary>
    public static string Real(string path)
        => new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;

    /// <summary>Puts the new content in the place of the old.</summary>
    public void Take() => File.Move(_fresh, _file, overwrite: true);

    /// <summary>Removes what did not take its place.</summary>
    public void Dispose() => File.Delete(_fresh);
}
