using System.Text;
using System.Text.Json;

using Auxo.Api;

using Spectre.Console;

namespace Auxo.Cli.Output;

/// <summary>Where a command writes: text for people, JSON for programs, bytes of logs.</summary>
internal sealed class Terminal : IDisposable
{
    private readonly CliHost _host;
    private readonly StreamWriter _text;
    private readonly IAnsiConsole _out;
    private bool _inLogLine;

    public Terminal(CliHost host, bool json)
    {
        (_host, Json) = (host, json);
        _text = new StreamWriter(host.StandardOutput, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true)
        {
            AutoFlush = true, NewLine = "\n",
        };
        _out = Create(new ColonWriter(_text), host);
    }

    /// <summary>Answers are JSON, and nothing else is written to standard output.</summary>
    public bool Json { get; }

    /// <summary>Markup for people, on a line of its own even after a log whose last line has no end.</summary>
    public IAnsiConsole Out
    {
        get
        {
            if (_inLogLine) _text.WriteLine(_out.Profile.Capabilities.Ansi ? "\u001b[0m" : "");
            _inLogLine = false;
            return _out;
        }
    }

    public bool IsTerminal => _host.IsTerminal;

    /// <summary>Colours may be printed.</summary>
    public bool HasColours => _out.Profile.Capabilities.Ansi;

    public int Width => _host.Width;

    public DateTimeOffset Now => _host.Time.GetUtcNow();

    public TimeProvider Time => _host.Time;

    /// <summary>Writes an answer for programs.</summary>
    public void WriteJson<T>(T value) => _text.WriteLine(JsonSerializer.Serialize(value, ApiJson.Options));

    /// <summary>
    /// One line of markup. Text from outside goes through <see cref="Safe"/> first. A colon stays one, see <see cref="ColonWriter"/>.
    /// </summary>
    public void Line(string markup = "") => Out.MarkupLine(markup.Replace(':', ColonWriter.Colon));

    /// <summary>One line of markup for people; nothing where the answer is JSON.</summary>
    public void Say(string markup = "")
    {
        if (!Json) Line(markup);
    }

    /// <summary>Bytes of a log: as they are into a file or pipe; tamed on a terminal.</summary>
    public async Task WriteLogAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        if (bytes.IsEmpty) return;
        _inLogLine = bytes.Span[^1] != (byte)'\n';
        await _text.FlushAsync(ct);
        if (_host.IsTerminal) await _text.WriteAsync(
            TamedText.Tame(Encoding.UTF8.GetString(bytes.Span), _host.Variable("NO_COLOR") is null or "").AsMemory(), ct);
        else await _host.StandardOutput.WriteAsync(bytes, ct);
        await _host.StandardOutput.FlushAsync(ct);
    }

    /// <summary>Text from outside, for markup: no escape sequence, no markup of its own, one line.</summary>
    public static string Safe(string? text) => Escape(TamedText.OneLine(text ?? ""));

    /// <summary>Plain text as markup, shown as it is.</summary>
    public static string Escape(string text) => Markup.Escape(text);

    public void Dispose() => _text.Dispose();

    private static IAnsiConsole Create(TextWriter writer, CliHost host)
    {
        var colours = host.IsTerminal && string.IsNullOrEmpty(host.Variable("NO_COLOR")) && host.Variable("TERM") is not "dumb";
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = colours ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = colours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });

        // Lines are cut where that is right (see Columns), never wrapped behind our back.
        console.Profile.Width = 10_000;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }
}
