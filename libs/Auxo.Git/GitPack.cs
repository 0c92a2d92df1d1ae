using System.Text;

namespace Auxo.Git;

/// <summary>
/// Takes commits from one machine to another as a pack, by git itself: what the other side has is left out.
/// </summary>
public static class GitPack
{
    /// <summary>Writes a pack of commits with all that they reach, but for what other commits reach.</summary>
    /// <param name="repository">Where they are.</param>
    /// <param name="commits">What is wanted.</param>
    /// <param name="without">What the other side has; what is not here is passed over.</param>
    /// <param name="target">Gets the pack.</param>
    /// <param name="limitBytes">The largest pack.</param>
    /// <param name="ct">Kills git.</param>
    /// <exception cref="GitException">A commit is not there.</exception>
    /// <exception cref="PackTooLargeException">The pack is larger; what was written is no pack.</exception>
    public static async Task WriteAsync(
        string repository, IReadOnlyList<string> commits, IReadOnlyList<string> without, Stream target, long limitBytes,
        CancellationToken ct)
    {
        var known = without.Count == 0 ? [] : await KnownAsync(repository, without, ct);
        var asked = string.Concat(commits.Concat(known.Select(static id => "^" + id)).Select(static line => line + "\n"));
        string[] arguments = ["pack-objects", "--revs", "--stdout", "--quiet", "--delta-base-offset"];
        using var process = GitCommand.Start(repository, arguments);
        try
        {
            await process.StandardInput.WriteAsync(asked.AsMemory(), ct);
            process.StandardInput.Close();
            var errors = process.StandardError.ReadToEndAsync(ct);
            await CopyAsync(process.StandardOutput.BaseStream, target, limitBytes, ct);
            var said = await errors;
            await process.WaitForExitAsync(ct);
            if (process.ExitCode != 0) throw new GitException(repository, arguments, process.ExitCode, said);
        }
        finally
        {
            if (!process.HasExited) GitCommand.Kill(process);
        }
    }

    /// <summary>Reads a pack into a repository.</summary>
    /// <param name="repository">A bare repository.</param>
    /// <param name="source">The pack.</param>
    /// <param name="limitBytes">The largest pack.</param>
    /// <param name="ct">Kills git.</param>
    /// <exception cref="GitException">It is no whole pack.</exception>
    /// <exception cref="PackTooLargeException">It is larger.</exception>
    public static async Task ReadAsync(string repository, Stream source, long limitBytes, CancellationToken ct)
    {
        string[] arguments = ["index-pack", "--stdin"];
        using var process = GitCommand.Start(repository, arguments);
        try
        {
            var (errors, output) = (process.StandardError.ReadToEndAsync(ct), process.StandardOutput.ReadToEndAsync(ct));
            try
            {
                await CopyAsync(source, process.StandardInput.BaseStream, limitBytes, ct);
                process.StandardInput.Close();
            }
            catch (IOException) when (process.HasExited)
            {
                // It ended before it read everything; its exit code says why.
            }

            await output;
            var said = await errors;
            await process.WaitForExitAsync(ct);
            if (process.ExitCode != 0) throw new GitException(repository, arguments, process.ExitCode, said);
        }
        finally
        {
            if (!process.HasExited) GitCommand.Kill(process);
        }
    }

    /// <summary>Those of the commits that are in the repository.</summary>
    private static async Task<IReadOnlyList<string>> KnownAsync(string repository, IReadOnlyList<string> ids, CancellationToken ct)
    {
        var asked = Encoding.ASCII.GetBytes(string.Concat(ids.Select(static id => id + "\n")));
        var answer = await GitCommand.RunAsync(repository, ["cat-file", "--batch-check=%(objectname) %(objecttype)"], ct, asked);
        return [.. answer.Split('\n').Where(static line => line.EndsWith(" commit", StringComparison.Ordinal))
            .Select(static line => line[..line.IndexOf(' ', StringComparison.Ordinal)])];
    }

    private static async Task CopyAsync(Stream source, Stream target, long limitBytes, CancellationToken ct)
    {
        var buffer = new byte[128 << 10];
        var size = 0L;
        for (int read; (read = await source.ReadAsync(buffer, ct)) > 0;)
        {
            if ((size += read) > limitBytes) throw new PackTooLargeException(limitBytes);
            await target.WriteAsync(buffer.AsMemory(0, read), ct);
        }
    }
}

/// <summary>A pack is larger than it may be.</summary>
/// <param name="limitBytes">So large it may be.</param>
public sealed class PackTooLargeException(long limitBytes)
    : Exception($"the repository's pack has more than {limitBytes >> 20} MiB (Auxo__Runner__PackMiB)");
