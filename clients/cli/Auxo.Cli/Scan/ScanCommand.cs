using System.CommandLine;

namespace Auxo.Cli.Scan;

/// <summary><c>auxo scan …</c>: one file for each kind of scan, or one line where the pipeline's program does it.</summary>
internal static class ScanCommand
{
    public static Command Create(CliHost host) => new("scan", "Look for weaknesses in a folder, without any service")
    {
        ScanFolder.Create(host, "deps", "Packages with known vulnerabilities in the lock files; exit code 1 when something blocks"),
        ScanFolder.Create(
            host, "sast", "Static analysis of the source files, by Semgrep and Auxo's rules; exit code 1 when something blocks"),
        ScanFolder.Create(host, "secrets", "Keys, tokens and passwords in the files; exit code 1 when something blocks"),
        ScanFolder.Create(host, "all", "All of these; exit code 1 when something blocks"),
        ScanImage.Create(host),
    };
}
