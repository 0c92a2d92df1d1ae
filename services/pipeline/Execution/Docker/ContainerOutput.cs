using System.Globalization;
using System.Text;

using Auxo.Pipeline.Execution.Cgroups;

namespace Auxo.Pipeline.Execution.Docker;

/// <summary>How the waiting shell of a container says that its step ended.</summary>
/// <param name="Code">The exit code.</param>
/// <param name="Usage">What the container took.</param>
internal sealed record ContainerEnd(int Code, StepUsage Usage);

/// <summary>
/// Takes a step's output apart: what it printed, and, after a line with the secret of this step, what its container says of the end.
/// A step does not know the secret, so what it prints is output, whatever it is.
/// </summary>
/// <param name="secret">What the line has after its mark.</param>
/// <param name="write">Gets what the step printed.</param>
internal sealed class ContainerOutput(string secret, Func<ReadOnlyMemory<byte>, Task> write)
{
    /// <summary>The end has a few hundred bytes; what is longer is not ours.</summary>
    private const int MostEndBytes = 16 << 10;

    private readonly byte[] _mark = Encoding.ASCII.GetBytes($"{ContainerStart.EndMark}{secret}\n");
    private readonly UsageCount _usage = new();
    private readonly StringBuilder _end = new();
    private byte[] _held = [];
    private bool _isOver;

    /// <summary>How the step ended; null as long as the container has not said.</summary>
    public ContainerEnd? End { get; private set; }

    /// <summary>Takes the next bytes.</summary>
    public async Task TakeAsync(ReadOnlyMemory<byte> bytes)
    {
        if (_isOver)
        {
            TakeEnd(bytes.Span);
            return;
        }

        var all = _held.Length == 0 ? bytes : (byte[])[.. _held, .. bytes.Span];
        _held = [];
        var at = all.Span.IndexOf(_mark);
        if (at >= 0)
        {
            _isOver = true;
            if (at > 0) await write(all[..at]);
            TakeEnd(all.Span[(at + _mark.Length)..]);
            return;
        }

        // What could be the beginning of the mark waits for more.
        var begun = Begun(all.Span);
        if (begun < all.Length) await write(all[..^begun]);
        if (begun > 0) _held = all[^begun..].ToArray();
    }

    /// <summary>There is no more: what was held back is the step's.</summary>
    public async Task CloseAsync()
    {
        if (_held.Length > 0) await write(_held);
        _held = [];
    }

    private int Begun(ReadOnlySpan<byte> all)
    {
        for (var length = Math.Min(_mark.Length - 1, all.Length); length > 0; length--)
            if (all[^length..].SequenceEqual(_mark.AsSpan(0, length))) return length;
        return 0;
    }

    private void TakeEnd(ReadOnlySpan<byte> bytes)
    {
        if (End is not null || _end.Length + bytes.Length > MostEndBytes) return;
        _end.Append(Encoding.ASCII.GetString(bytes));
        var text = _end.ToString();
        var lines = text.Split('\n');
        foreach (var line in lines[..^1])
        {
            if (line.Split(' ', 2) is not [var file, var rest]) continue;
            if (file != "end") _usage.Take(file, rest);
            else if (rest.Split(' ') is [var said, var number] && said == secret
                && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var code))
                End ??= new ContainerEnd(code, _usage.Usage);
        }

        _end.Clear().Append(lines[^1]);
    }
}
