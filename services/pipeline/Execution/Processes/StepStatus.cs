using System.Globalization;
using System.Text;
using System.Text.Json;

using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Execution.Processes;

/// <summary>
/// What the sandbox and the step's shell say about themselves, on a pipe of their own: bubblewrap's JSON (the first process of
/// the namespace) and the number of the command that runs. A step that finds the pipe can at most lie about the number of its
/// own command.
/// </summary>
internal sealed class StepStatus
{
    private const int LineBytes = 512;
    private readonly byte[] _line = new byte[LineBytes];
    private readonly TaskCompletionSource _initKnown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _shellKnown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _used;

    /// <summary>The first process of the pid namespace, as the host numbers it; 0 until it is there.</summary>
    public int NamespaceInit { get; private set; }

    /// <summary>Ends when <see cref="NamespaceInit"/> is known, or never will be.</summary>
    public Task InitKnown => _initKnown.Task;

    /// <summary>True when the shell is up in the finished sandbox: all that the sandbox shows is mounted.</summary>
    public bool HasShell { get; private set; }

    /// <summary>Ends when <see cref="HasShell"/> is true, or never will be.</summary>
    public Task ShellKnown => _shellKnown.Task;

    /// <summary>The command that runs or ran last, from 1; 0 when the shell has not begun.</summary>
    public int Command { get; private set; }

    /// <summary>True when the step's working directory is not there.</summary>
    public bool NoFolder { get; private set; }

    /// <summary>Why the step could not begin, in its own words, such as a service that did not come up; null when it could.</summary>
    public string? NotBegun { get; private set; }

    /// <summary>Reads to the end. Lines that are too long or make no sense are skipped.</summary>
    public async Task ReadAsync(Stream stream)
    {
        var buffer = new byte[LineBytes];
        int read;
        try
        {
            while ((read = await stream.ReadAsync(buffer, CancellationToken.None)) > 0) Take(buffer.AsSpan(0, read));
        }
        finally
        {
            _initKnown.TrySetResult();
            _shellKnown.TrySetResult();
        }
    }

    /// <summary>Takes the next bytes.</summary>
    public void Take(ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
        {
            if (b != '\n')
            {
                if (_used < LineBytes) _line[_used] = b;
                _used++;
                continue;
            }

            if (_used <= LineBytes) TakeLine(_line.AsSpan(0, _used));
            _used = 0;
        }
    }

    private void TakeLine(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("command "u8))
        {
            if (int.TryParse(line["command "u8.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number == Command + 1) Command = number;
        }
        else if (line.SequenceEqual("shell"u8))
        {
            HasShell = true;
            _shellKnown.TrySetResult();
        }
        else if (line.SequenceEqual("no folder"u8))
        {
            NoFolder = true;
        }
        else if (Command == 0 && line.StartsWith("service "u8))
        {
            NotBegun = "the " + PlainText.OneLine(Encoding.UTF8.GetString(line));
        }
        else if (NamespaceInit == 0 && line.StartsWith("{"u8))
        {
            try
            {
                using var json = JsonDocument.Parse(Encoding.UTF8.GetString(line));
                if (json.RootElement.TryGetProperty("child-pid", out var pid) && pid.TryGetInt32(out var id))
                {
                    NamespaceInit = id;
                    _initKnown.TrySetResult();
                }
            }
            catch (JsonException)
            {
                // Not bubblewrap's: nothing to learn from it.
            }
        }
    }
}
