namespace Auxo.Reports;

/// <summary>What a tool wrote about its run.</summary>
/// <param name="Format">How it was written.</param>
public abstract record Report(ReportFormat Format)
{
    /// <summary>Reads a report, whatever its format.</summary>
    /// <param name="content">All bytes of the file.</param>
    /// <param name="path">The name of the file: it is named in errors, and it decides only where the content cannot.</param>
    /// <exception cref="ReportException">It has no known format, it is malformed, or it passes a limit.</exception>
    public static Report Read(ReadOnlyMemory<byte> content, string path)
        => (ReportFormat.Of(content.Span, path)
            ?? throw new ReportException(path, "this is no report of a known format; docs/coverage.md lists those that are read"))
            .Read(content, path);
}
