using System.Text;
using System.Text.Json;
using System.Xml;

using Auxo.Reports.Components;
using Auxo.Reports.Coverage;
using Auxo.Reports.Findings;
using Auxo.Reports.Findings.Compilers;
using Auxo.Reports.Findings.Linters;
using Auxo.Reports.Findings.Scanners;
using Auxo.Reports.Reading;
using Auxo.Reports.TestRuns;

namespace Auxo.Reports;

/// <summary>What a report is about.</summary>
public enum ReportKind
{
    /// <summary>Tests that ran.</summary>
    Tests,

    /// <summary>Lines that ran.</summary>
    Coverage,

    /// <summary>Places that a linter or a scanner does not like.</summary>
    Findings,

    /// <summary>A bill of materials.</summary>
    Components,
}

/// <summary>A format that is read here.</summary>
public sealed class ReportFormat
{
    /// <summary>Those whose signs are many come before those whose signs are few.</summary>
    private static readonly Lazy<ReportFormat[]> Known = new(static () =>
    [
        TrxTests.Format, XunitTests.Format, NunitTests.Format, JunitTests.Format, CtrfTests.Format, MochaTests.Format,
        GoTests.Format, TapTests.Format,
        JacocoCoverage.Format, JacocoTable.Format, CloverCoverage.Format, CoberturaCoverage.Format, LcovCoverage.Format,
        GoCoverage.Format, IstanbulSummary.Format, IstanbulCoverage.Format, PythonCoverage.Format, GcovrSummary.Format,
        CycloneDx.Json, CycloneDx.Xml,
        Sarif.Format, GitlabSecurity.Format, Semgrep.Format, Trivy.Format, Bandit.Format, Gosec.Format, Gitleaks.Json, Gitleaks.Table,
        Rdjson.Format, Biome.Format, Checkstyle.Format, CodeClimate.Format, Eslint.Format, Shellcheck.Format, Hadolint.Format,
        Ruff.Format, Pylint.Format, Markdownlint.Json, Markdownlint.Text, CargoMessages.Format, Staticcheck.Format,
        CompilerLines.Gcc, CompilerLines.Yamllint, EmptyList.Format,
    ]);

    private readonly Func<Glimpse, bool> _looks;
    private readonly Func<ReportFormat, ReadOnlyMemory<byte>, Report> _read;

    internal ReportFormat(
        string name, ReportKind kind, Func<Glimpse, bool> looks, Func<ReportFormat, ReadOnlyMemory<byte>, Report> read)
    {
        (Name, Kind, _looks, _read) = (name, kind, looks, read);
    }

    /// <summary>All formats.</summary>
    public static IReadOnlyList<ReportFormat> All => Known.Value;

    /// <summary>Such as <c>junit</c> or <c>sarif-2.1.0</c>.</summary>
    public string Name { get; }

    /// <summary>What its reports are about.</summary>
    public ReportKind Kind { get; }

    /// <summary>Recognises a format by the content; null when it is none of them.</summary>
    /// <param name="head">The beginning of the file, or all of it.</param>
    /// <param name="path">Decides for content that says nothing, such as an empty file.</param>
    public static ReportFormat? Of(ReadOnlySpan<byte> head, string path)
    {
        var glimpse = Glimpse.Of(head, path);
        return Array.Find(Known.Value, format => format._looks(glimpse));
    }

    /// <summary>Reads a report of this format.</summary>
    /// <param name="content">All bytes of the file.</param>
    /// <param name="path">Its name, for the error.</param>
    /// <exception cref="ReportException">It is malformed, or it passes a limit.</exception>
    public Report Read(ReadOnlyMemory<byte> content, string path)
    {
        if (content.Length > ReportLimits.Bytes)
            throw new ReportException(path, $"it is larger than {ReportLimits.Bytes >> 20} MiB; write a smaller report");
        try
        {
            return _read(this, content);
        }
        catch (ContentException e)
        {
            throw new ReportException(path, $"{Name}: {e.Message}", e);
        }
        catch (XmlException e)
        {
            throw new ReportException(path, $"{Name}: broken XML at line {e.LineNumber}, column {e.LinePosition}", e);
        }
        catch (JsonException e)
        {
            throw new ReportException(
                path, $"{Name}: broken JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1} of it", e);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or OverflowException or DecoderFallbackException
            or ArgumentException)
        {
            // What the readers of XML and JSON say to text that is no text.
            throw new ReportException(path, $"{Name}: its content is no such report", e);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
