namespace Auxo.Reports;

/// <summary>How much of a report is read. Reports are written by code that may come from strangers.</summary>
public static class ReportLimits
{
    /// <summary>The largest file, 64 MiB.</summary>
    public const int Bytes = 64 << 20;

    /// <summary>How deep elements and values may lie in one another.</summary>
    public const int Depth = 64;

    /// <summary>The most elements or values of one file.</summary>
    public const int Elements = 8_000_000;

    /// <summary>The most tests, findings or files with coverage in one report.</summary>
    public const int Entries = 200_000;

    /// <summary>Characters of a name, a rule or a path.</summary>
    public const int Name = 1000;

    /// <summary>Characters of a message.</summary>
    public const int Message = 500;

    /// <summary>Characters of what a failed test says beyond its message.</summary>
    public const int Detail = 2000;

    /// <summary>Lines of what a failed test says beyond its message.</summary>
    public const int DetailLines = 20;
}
