using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Auxo.Git;

/// <summary>An object as <c>git cat-file --batch</c> gives it.</summary>
/// <param name="Oid">40 hex digits.</param>
/// <param name="Type"><c>blob</c>, <c>tree</c>, <c>commit</c> or <c>tag</c>.</param>
/// <param name="Data">The content.</param>
public sealed record GitObject(string Oid, string Type, ReadOnlyMemory<byte> Data)
{
    /// <summary>The content as text, by the rule of <see cref="OutsideText"/>.</summary>
    public string Text => OutsideText.Decode(Data.Span);
}

/// <summary>
/// Reads the objects of one repository through one long-lived <c>git cat-file --batch</c>: a read costs tens of microseconds instead of a
/// process. One reader at a time uses the pipe; calls queue. New objects and packs are seen (git looks again when it misses one).
/// Whatever the number of repositories, few of these processes live: the one that was used longest ago ends, and begins again when it is
/// needed.
/// </summary>
public sealed class GitObjects(string repository) : IAsyncDisposable
{
    /// <summary>Processes that live at the same time, of all repositories; those that are reading at the moment are never ended.</summary>
    public const int MostProcesses = 64;

    private const long MostSkippedBytes = 4 << 20;

    /// <summary>Names that git may be behind with: fewer bytes than its pipe takes (64 KiB), so that asking never waits.</summary>
    private const int MostAsked = 512;

    private static readonly List<GitObjects> Running = [];

    private readonly SemaphoreSlim _gate = new(1, 1);
    private Process? _process;
    private PipeReader? _reader;

    /// <summary>The last line that git said on standard error.</summary>
    private volatile string _said = "";

    private long _usedAt;

    /// <summary>The repository's path.</summary>
    public string Repository { get; } = repository;

    /// <summary>Whether its process lives.</summary>
    internal bool HasProcess => _process is not null;

    /// <summary>Reads an object.</summary>
    /// <param name="name">An object id or any name git resolves, such as <c>oid:path</c>; no line ends.</param>
    /// <param name="maxBytes">A larger object is skipped and reported as too large.</param>
    /// <param name="cancellationToken">Ends the process, which is started again by the next read.</param>
    /// <returns>Null when there is no such object.</returns>
    /// <exception cref="GitObjectTooLargeException">It is larger than <paramref name="maxBytes"/>.</exception>
    public async Task<GitObject?> ReadAsync(string name, CancellationToken cancellationToken, long maxBytes = 64 << 20)
    {
        if (name.AsSpan().ContainsAny('\n', '\r', '\0')) return null;
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return await ReadOneAsync(name, maxBytes, cancellationToken);
        }
        catch (Exception e) when (e is not GitObjectTooLargeException)
        {
            // The pipe is in an unknown state after a cancelled or failed read.
            Stop();
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>
    /// Reads many objects: git is asked for the next ones while its answers to the last ones are read, which is several times quicker than
    /// one after the other.
    /// </summary>
    /// <param name="ids">Object ids.</param>
    /// <param name="maxBytes">Larger ones are left out.</param>
    /// <param name="cancellationToken">Ends the process, which is started again by the next read.</param>
    /// <returns>Those that are there and not too large, by id.</returns>
    public async Task<IReadOnlyDictionary<string, GitObject>> ReadManyAsync(
        IReadOnlyList<string> ids, long maxBytes, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, GitObject>(ids.Count, StringComparer.Ordinal);
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var asked = 0;
            for (var read = 0; read < ids.Count; read++)
            {
                if (asked - read <= MostAsked / 2 && asked < ids.Count)
                {
                    var next = Math.Min(ids.Count, read + MostAsked);
                    await AskAsync(string.Concat(ids.Skip(asked).Take(next - asked).Select(static id => id + "\n")), cancellationToken);
                    asked = next;
                }

                try
                {
                    if (await AnswerAsync(ids[read], maxBytes, cancellationToken) is { } answer) found[ids[read]] = answer;
                }
                catch (GitObjectTooLargeException) when (_process is null)
                {
                    // What was asked behind it went with the process.
                    asked = read + 1;
                }
                catch (GitObjectTooLargeException)
                {
                    // Left out.
                }
            }

            return found;
        }
        catch
        {
            Stop();
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync();
        Stop();
        _gate.Dispose();
    }

    private async Task<GitObject?> ReadOneAsync(string name, long maxBytes, CancellationToken cancellationToken)
    {
        await AskAsync(name + "\n", cancellationToken);
        return await AnswerAsync(name, maxBytes, cancellationToken);
    }

    private async Task AskAsync(string names, CancellationToken cancellationToken)
    {
        if (_process is null || _process.HasExited) StartProcess();
        Volatile.Write(ref _usedAt, Environment.TickCount64);
        var input = _process!.StandardInput.BaseStream;
        await input.WriteAsync(Encoding.UTF8.GetBytes(names), cancellationToken);
        await input.FlushAsync(cancellationToken);
    }

    private async Task<GitObject?> AnswerAsync(string name, long maxBytes, CancellationToken cancellationToken)
    {
        var (process, reader) = (_process!, _reader!);
        var header = await ReadLineAsync(reader, cancellationToken)
            ?? throw await EndedAsync(process, cancellationToken);
        if (header.EndsWith(" missing", StringComparison.Ordinal) || header.EndsWith(" ambiguous", StringComparison.Ordinal)) return null;
        var parts = header.Split(' ');
        var size = long.Parse(parts[2], CultureInfo.InvariantCulture);
        if (size > maxBytes)
        {
            var head = new byte[Math.Min(size, GitObjectTooLargeException.HeadBytes)];
            await FillAsync(reader, head, cancellationToken);
            // What is much longer than a new process takes is not waited for.
            if (size > MostSkippedBytes) Stop();
            else await SkipAsync(reader, size - head.Length + 1, cancellationToken);
            throw new GitObjectTooLargeException(name, size, maxBytes, head);
        }

        var data = new byte[size];
        await FillAsync(reader, data, cancellationToken);
        await SkipAsync(reader, 1, cancellationToken);
        return new GitObject(parts[0], parts[1], data);
    }

    /// <summary>Why it ended; what it said of that has arrived once it is gone.</summary>
    private async Task<GitException> EndedAsync(Process process, CancellationToken cancellationToken)
    {
        await process.WaitForExitAsync(cancellationToken);
        return new GitException(
            Repository, ["cat-file", "--batch"], process.ExitCode, _said.Length > 0 ? _said : "it ended without a word");
    }

    private void StartProcess()
    {
        Stop();
        _process = GitCommand.Start(Repository, ["cat-file", "--batch"]);
        _said = "";
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { } text) _said = text;
        };
        _process.BeginErrorReadLine();
        _reader = PipeReader.Create(_process.StandardOutput.BaseStream, new StreamPipeReaderOptions(bufferSize: 64 << 10));
        List<GitObjects> others;
        lock (Running)
        {
            others = Running.Count < MostProcesses ? [] : [.. Running.OrderBy(static other => Volatile.Read(ref other._usedAt))];
            Running.Add(this);
        }

        _ = others.Exists(static other => other.TryRest());
    }

    /// <summary>Ends the process, unless somebody reads just now.</summary>
    private bool TryRest()
    {
        try
        {
            if (!_gate.Wait(0)) return false;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }

        try
        {
            // It goes by itself when nobody can ask it any more.
            _process?.StandardInput.Close();
            Forget();
            return true;
        }
        finally
        {
            _gate.Release();
        }
    }

    private void Stop()
    {
        if (_process is null) return;
        GitCommand.Kill(_process);
        Forget();
    }

    private void Forget()
    {
        lock (Running) Running.Remove(this);
        _process?.Dispose();
        _process = null;
        _reader = null;
    }

    private static async Task<string?> ReadLineAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken);
            if (result.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = Encoding.UTF8.GetString(result.Buffer.Slice(0, end));
                reader.AdvanceTo(result.Buffer.GetPosition(1, end));
                return line;
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            if (result.IsCompleted) return null;
        }
    }

    private static async Task FillAsync(PipeReader reader, Memory<byte> target, CancellationToken cancellationToken)
    {
        while (target.Length > 0)
        {
            var result = await reader.ReadAsync(cancellationToken);
            var take = (int)Math.Min(result.Buffer.Length, target.Length);
            var part = result.Buffer.Slice(0, take);
            part.CopyTo(target.Span);
            target = target[take..];
            reader.AdvanceTo(part.End);
            if (take == 0 && result.IsCompleted) throw new EndOfStreamException("git cat-file ended in the middle of an object.");
        }
    }

    private static async Task SkipAsync(PipeReader reader, long count, CancellationToken cancellationToken)
    {
        while (count > 0)
        {
            var result = await reader.ReadAsync(cancellationToken);
            var take = Math.Min(result.Buffer.Length, count);
            count -= take;
            reader.AdvanceTo(result.Buffer.GetPosition(take));
            if (take == 0 && result.IsCompleted) throw new EndOfStreamException("git cat-file ended in the middle of an object.");
        }
    }
}

/// <summary>An object is larger than the reader may accept.</summary>
public sealed class GitObjectTooLargeException(string name, long size, long limit, ReadOnlyMemory<byte> head)
    : Exception($"The git object {name} has {size} bytes; the limit is {limit}.")
{
    /// <summary>So many bytes git itself looks at to tell a text from other files.</summary>
    public const int HeadBytes = 8000;

    /// <summary>Its first bytes, at most <see cref="HeadBytes"/>.</summary>
    public ReadOnlyMemory<byte> Head { get; } = head;

    /// <summary>The object's size in bytes.</summary>
    public long SizeBytes { get; } = size;
}
