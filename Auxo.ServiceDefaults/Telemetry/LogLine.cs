using System.Diagnostics;
using System.Globalization;

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Auxo.ServiceDefaults.Telemetry;

/// <summary>
/// One event, one line: <c>HH:mm:ss inf Builds.StartBuild Build 3f2a1c started trace=…</c>; an exception follows on lines of
/// its own.
/// </summary>
internal sealed class LogLine(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "auxo";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        textWriter.Write(time.GetLocalNow().ToString("HH:mm:ss ", CultureInfo.InvariantCulture));
        textWriter.Write(Level(logEntry.LogLevel));
        textWriter.Write(' ');
        textWriter.Write(logEntry.Category.StartsWith("Auxo.", StringComparison.Ordinal) ? logEntry.Category.AsSpan(5) : logEntry.Category);
        textWriter.Write(' ');
        WriteOnOneLine(textWriter, logEntry.Formatter(logEntry.State, logEntry.Exception));
        if (Activity.Current is { } activity)
        {
            textWriter.Write(" trace=");
            textWriter.Write(activity.TraceId.ToHexString());
        }

        textWriter.Write('\n');
        if (logEntry.Exception is not { } exception) return;
        foreach (var line in exception.ToString().AsSpan().EnumerateLines())
        {
            textWriter.Write("    ");
            WriteOnOneLine(textWriter, line);
            textWriter.Write('\n');
        }
    }

    /// <summary>
    /// Words from outside (titles, paths, output of tools) can neither start a line that looks like ours nor steer a terminal.
    /// </summary>
    private static void WriteOnOneLine(TextWriter writer, ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            switch (c)
            {
                case '\n': writer.Write("\\n"); break;
                case '\r': writer.Write("\\r"); break;
                case '\t': writer.Write(' '); break;
                default: writer.Write(char.IsControl(c) ? '\uFFFD' : c); break;
            }
        }
    }

    private static string Level(LogLevel level) => level switch
    {
        LogLevel.Trace => "trc",
        LogLevel.Debug => "dbg",
        LogLevel.Information => "inf",
        LogLevel.Warning => "wrn",
        LogLevel.Error => "err",
        LogLevel.Critical => "crt",
        _ => "???",
    };
}

/// <summary>Registers the one log format.</summary>
internal static class LoggingConfiguration
{
    /// <summary>Levels can be changed as everywhere in .NET: <c>Logging__LogLevel__Auxo=Debug</c>.</summary>
    public static void AddLogging(this WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.Logging.AddConsole(static console => console.FormatterName = LogLine.FormatterName);
        builder.Logging.AddConsoleFormatter<LogLine, ConsoleFormatterOptions>();
        builder.Logging.SetMinimumLevel(LogLevel.Information);

        // First the defaults, then the configuration again: the last rule that fits wins.
        foreach (var library in (ReadOnlySpan<string>)["Microsoft", "System", "Npgsql", "Marten", "Wolverine", "JasperFx"])
            builder.Logging.AddFilter(library, LogLevel.Warning);
        // What ends a start is thrown as well, and the program says it (ServiceRun).
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);

        // A refused token is an answer, not news.
        builder.Logging.AddFilter("Auxo.ServiceDefaults.Access", LogLevel.Warning);
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
    }
}
