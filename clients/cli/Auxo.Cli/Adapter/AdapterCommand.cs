using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Auxo.Cli.Adapter;

/// <summary>
/// <c>auxo adapter</c>, which the program <c>auxo-adapter</c> calls: what Radicle's CI broker starts for each run. It answers two lines,
/// whatever happens, and ends with 0: a run without its second line stays "started" for ever in everybody's storage.
/// </summary>
internal static class AdapterCommand
{
    /// <summary>A request lists the commits of its patch; more than this is none.</summary>
    private const int MostCharacters = 16 << 20;

    /// <summary>The broker kills its adapter without a word after an hour, if its settings do not say otherwise.</summary>
    private static readonly TimeSpan UsualLimit = TimeSpan.FromMinutes(55);

    public static Command Create(CliHost host)
        => new Command("adapter", "Answer Radicle's CI broker, which starts the program auxo-adapter for each run")
            .Does(host, static (_, session, ct) => RunAsync(session, ct));

    private static async Task<int> RunAsync(Session session, CancellationToken ct)
    {
        var (host, passed) = (session.Host, false);
        // No BOM and no colours: the broker reads lines of JSON and nothing else.
        await using var output = new StreamWriter(host.StandardOutput, new UTF8Encoding(false), leaveOpen: true)
        {
            NewLine = "\n", AutoFlush = true,
        };
        try
        {
            var request = BrokerRequest.Parse(await ReadAsync(host, ct));
            var page = host.Variable("Auxo__PublicUrl") is { Length: > 0 } url ? $"{url.TrimEnd('/')}/builds/{request.BuildId}" : null;
            await output.WriteLineAsync(JsonSerializer.Serialize(
                new { response = "triggered", run_id = new { id = request.BuildId.ToString() }, info_url = page }));
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(Limit(host));
            using var run = new AdapterRun(host, request);
            passed = await run.PassedAsync(limit.Token);
        }
        catch (FormatException e)
        {
            // The broker takes a run without "triggered" for one that could not begin.
            await host.StandardError.WriteLineAsync($"auxo-adapter: the request on standard input cannot be answered: {e.Message}");
        }
        catch (CliException e)
        {
            await host.StandardError.WriteLineAsync($"auxo-adapter: {e.Message} {e.Hint}");
        }
        catch (OperationCanceledException)
        {
            await host.StandardError.WriteLineAsync("auxo-adapter: the time is up, or the broker ends; the build in Auxo goes on.");
        }
        finally
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(new { response = "finished", result = passed ? "success" : "failure" }));
        }

        return ExitCode.Ok;
    }

    private static async Task<string> ReadAsync(CliHost host, CancellationToken ct)
    {
        var text = new StringBuilder();
        var buffer = new char[16 << 10];
        while (await host.StandardInput.ReadAsync(buffer, ct) is > 0 and var count)
        {
            if (text.Length + count > MostCharacters) throw new FormatException($"it has more than {MostCharacters} characters");
            text.Append(buffer, 0, count);
        }

        return text.ToString();
    }

    private static TimeSpan Limit(CliHost host)
        => double.TryParse(host.Variable("AUXO_ADAPTER_MINUTES"), CultureInfo.InvariantCulture, out var minutes) && minutes is > 0 and < 1e5
            ? TimeSpan.FromMinutes(minutes)
            : UsualLimit;
}
