using System.Diagnostics;

using Auxo.Instances;
using Auxo.Postgres;

using Npgsql;

namespace Auxo.AppHost.Backup;

/// <summary>
/// Runs <c>pg_dump</c> and <c>pg_restore</c> of the installed server; the password goes by the environment, never by the
/// command line.
/// </summary>
internal static class PostgresTool
{
    /// <exception cref="HostingException">It is missing or failed; its own words are in the message.</exception>
    public static async Task RunAsync(string tool, string connection, IEnumerable<string> arguments, CancellationToken ct)
    {
        var settings = new NpgsqlConnectionStringBuilder(connection);
        var program = PostgresBinaries.Find() is { } bin && File.Exists(Path.Combine(bin, tool)) ? Path.Combine(bin, tool) : tool;
        var start = new ProcessStartInfo(program, ["--no-password", .. arguments])
        {
            RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false,
        };
        foreach (var (name, value) in (ReadOnlySpan<(string, string?)>)[
            ("PGHOST", settings.Host), ("PGPORT", settings.Port.ToString()), ("PGUSER", settings.Username),
            ("PGPASSWORD", settings.Password), ("PGDATABASE", settings.Database),
            ("LC_ALL", "C.UTF-8")])
        {
            if (value is not null) start.Environment[name] = value;
        }

        try
        {
            using var process = Process.Start(start) ?? throw new HostingException($"{program} could not be started.");
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct));
            try
            {
                await process.WaitForExitAsync(ct);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                throw;
            }

            if (process.ExitCode != 0) throw new HostingException(
                $"{tool} ended with {process.ExitCode}: {(await errors + await output).Trim()}");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new HostingException(
                $"{tool} is not installed. It comes with PostgreSQL's server or client package (Debian: apt install postgresql-client).");
        }
    }
}
