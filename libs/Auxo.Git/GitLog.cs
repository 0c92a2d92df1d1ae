using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;

namespace Auxo.Git;

/// <summary>A commit of a log.</summary>
/// <param name="Oid">40 hex digits.</param>
/// <param name="IsLeft">True when only the left side of <c>left...right</c> has it.</param>
/// <param name="IsRoot">True when it has no parent here.</param>
/// <param name="AuthoredAt">Author's clock in seconds since 1970, as the commit says it; 0 when that is no time.</param>
/// <param name="Message">As text; of a very long one the beginning.</param>
public sealed record GitLogEntry(string Oid, bool IsLeft, bool IsRoot, long AuthoredAt, string Message)
{
    /// <summary>Committer's clock in seconds since 1970, as the commit says it; 0 when that is no time.</summary>
    public long CommittedAt { get; init; }

    /// <summary>The commits that it stands on, in order.</summary>
    public IReadOnlyList<string> Parents { get; init; } = [];

    /// <summary>The first line of the message.</summary>
    public string Title => Message.AsSpan().TrimStart() is var text && text.IndexOf('\n') is >= 0 and var end
        ? text[..end].TrimEnd().ToString()
        : text.TrimEnd().ToString();
}

/// <summary>
/// Reads commits as one <c>git log</c> prints them, children before parents, one at a time: memory does not grow with the log,
/// and who reads no further ends the process.
/// </summary>
public static class GitLog
{
    /// <summary>No more of a commit is kept: who writes more into a message has reasons of his own.</summary>
    private const int MostBytes = 64 << 10;

    /// <summary>The commits of <paramref name="revisions"/>, which may hold options such as <c>--max-count=10</c>.</summary>
    /// <exception cref="GitException">A commit is not here; after those that are.</exception>
    public static async IAsyncEnumerable<GitLogEntry> ReadAsync(
        string repository, IReadOnlyList<string> revisions, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string[] arguments =
        [
            "log", "-z", "--left-right", "--topo-order", "--no-show-signature", "--no-notes", "--encoding=UTF-8",
            "--format=%m%H %at %ct %P%n%B", .. revisions, "--",
        ];
        using var process = GitCommand.Start(repository, arguments);
        try
        {
            process.StandardInput.Close();
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            var reader = PipeReader.Create(process.StandardOutput.BaseStream, new StreamPipeReaderOptions(bufferSize: 64 << 10));
            while (await NextAsync(reader, cancellationToken) is { } entry) yield return entry;
            var text = await errors;
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0) throw new GitException(repository, arguments, process.ExitCode, text);
        }
        finally
        {
            if (!process.HasExited) GitCommand.Kill(process);
        }
    }

    private static async Task<GitLogEntry?> NextAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        var kept = new ArrayBufferWriter<byte>();
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken);
            var end = result.Buffer.PositionOf((byte)0);
            var part = end is { } zero ? result.Buffer.Slice(0, zero) : result.Buffer;
            foreach (var piece in part.Slice(0, Math.Min(part.Length, MostBytes - kept.WrittenCount))) kept.Write(piece.Span);
            reader.AdvanceTo(end is { } at ? result.Buffer.GetPosition(1, at) : result.Buffer.End);
            if (end is not null) return Parse(Encoding.UTF8.GetString(kept.WrittenSpan));
            // What has no end is what git could not finish.
            if (result.IsCompleted) return null;
        }
    }

    private static GitLogEntry Parse(string text)
    {
        var line = text.IndexOf('\n', StringComparison.Ordinal);
        var head = text[..line].Split(' ', 4);
        return new GitLogEntry(head[0][1..], head[0][0] == '<', head[3].Length == 0, Seconds(head[1]), text[(line + 1)..])
        {
            CommittedAt = Seconds(head[2]), Parents = head[3].Length == 0 ? [] : head[3].Split(' '),
        };
    }

    private static long Seconds(string text)
        => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) ? seconds : 0;
}
