using Auxo.Pipeline.Converting;
using Auxo.Pipeline.Definitions.Including;
using Auxo.Pipeline.Local.Linting;
using Auxo.Pipeline.Local.Shell;
using Auxo.Pipeline.Local.Staged;
using Auxo.Pipeline.Workspaces;
using Auxo.Radicle;

namespace Auxo.Pipeline.Local;

/// <summary>
/// <c>Auxo.Pipeline ci lint|plan|run|scan|staged|schema</c>: what a build would say of the working tree, without any service and
/// without a database. <c>auxo ci</c>, <c>auxo scan</c> and <c>auxo hooks run</c> call it.
/// </summary>
internal static class LocalProgram
{
    /// <summary>The word by which the program does this and ends.</summary>
    public const string Word = "ci";

    private const string Schema = "ci.schema.json";

    /// <summary>Does what somebody at a terminal asks of his own working copy; Ctrl-C stops it.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public static async Task<int> MainAsync(string[] words)
    {
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };
        Func<string, string?> variable = Environment.GetEnvironmentVariable;
        GitCommand.Person = new GitPerson(
            variable("HOME"), variable("XDG_CONFIG_HOME"),
            RadicleHome.Find(variable) is RadicleHomeSearch.Found { Home.Path: var home } ? Path.Combine(home, "storage") : null);
        return await RunAsync(words, Console.Out, new ConfigurationBuilder().AddEnvironmentVariables().Build(), stop.Token);
    }

    /// <summary>Does what was asked.</summary>
    /// <param name="words">Behind <see cref="Word"/>.</param>
    /// <param name="output">Where it is said.</param>
    /// <param name="configuration">How steps are held.</param>
    /// <param name="ct">Stops.</param>
    /// <returns>0 for good, 1 for a no, 2 for what could not be done, 130 for a stop.</returns>
    public static async Task<int> RunAsync(string[] words, TextWriter output, IConfiguration configuration, CancellationToken ct)
    {
        try
        {
            if (words is [ScanRequest.Word, ImageScan.Kind, var image, .. [] or ["--json"]])
                return await InPlaceAsync(place => ImageScan.RunAsync(image, words is [.., "--json"], place, output, configuration, ct));
            if (words is [ScanRequest.Word, .. var scan])
            {
                var asked = ScanRequest.Parse(scan);
                return await InPlaceAsync(place => new LocalScan(place, output).RunAsync(asked, configuration, ct));
            }

            if (words is [StagedRequest.Word, .. var staged])
            {
                var asked = StagedRequest.Parse(staged);
                return await InPlaceAsync(place => new StagedCheck(place, output).RunAsync(asked, configuration, ct));
            }

            if (words is [StepShell.Word, var build, .. var step] && step.Length <= 1)
                return await InPlaceAsync(
                    place => new StepShell(place, output, configuration).RunAsync(build, step.FirstOrDefault(), ct));

            var request = LocalRequest.Parse(words);
            var includes = new IncludeReader(RepositoryFolders.From(configuration));
            return request.Verb switch
            {
                "lint" => await new LintFiles(output, includes).RunAsync(request.Folder, ct),
                "plan" => await InPlaceAsync(async place => Said(await PlanAsync(place), output)),
                "run" => await InPlaceAsync(async place =>
                {
                    await using var run = new LocalRun(place, output, configuration);
                    return await run.RunAsync(await PlanAsync(place), ct);
                }),
                "schema" => await SchemaAsync(output, ct),
                "convert" => await ConvertAsync(request.Folder, output, ct),
                _ => throw new LocalException("Say what: lint, plan, run, scan, convert or schema."),
            };

            Task<LocalPlan> PlanAsync(string place) => LocalPlan.MakeAsync(request, includes, place, configuration["HOME"], ct);
        }
        catch (LocalException e)
        {
            await output.WriteLineAsync("auxo: " + e.Message);
            return 2;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await output.WriteLineAsync("auxo: stopped");
            return 130;
        }
    }

    private static int Said(LocalPlan plan, TextWriter output)
    {
        output.Write(LocalWords.Of(plan));
        return plan.Plan.Problems.Count == 0 ? 0 : 1;
    }

    private static async Task<int> ConvertAsync(string place, TextWriter output, CancellationToken ct)
    {
        await output.WriteAsync((await ConvertFile.RunAsync(place, ct)).AsMemory(), ct);
        return 0;
    }

    private static async Task<int> SchemaAsync(TextWriter output, CancellationToken ct)
    {
        using var reader = new StreamReader(typeof(LocalProgram).Assembly.GetManifestResourceStream(Schema)!);
        await output.WriteAsync((await reader.ReadToEndAsync(ct)).AsMemory(), ct);
        return 0;
    }

    private static async Task<int> InPlaceAsync(Func<string, Task<int>> act)
    {
        var place = Directory.CreateTempSubdirectory("auxo-ci-").FullName;
        try
        {
            return await act(place);
        }
        finally
        {
            await WorkspaceFolder.RemoveAsync(place, CancellationToken.None);
        }
    }
}
