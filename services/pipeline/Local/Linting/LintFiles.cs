using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Definitions.Including;
using Auxo.Pipeline.Suppressing;

namespace Auxo.Pipeline.Local.Linting;

/// <summary><c>ci lint</c>: what is wrong in the files of a repository that tell Auxo what to do, without a build.</summary>
internal sealed class LintFiles(TextWriter output, IncludeReader includes)
{
    private static readonly string[] Files = [PipelineFile.Path, Suppression.Path, QuarantinedTest.Path];

    /// <summary>Reads one file, or those of a folder, and says what is wrong.</summary>
    /// <returns>0 when nothing is, else 1.</returns>
    public async Task<int> RunAsync(string place, CancellationToken ct)
    {
        if (!Directory.Exists(place))
        {
            return File.Exists(place)
                ? await FileAsync(place, ct) : throw new LocalException($"There is no file {place}.");
        }

        var code = 0;
        if (!File.Exists(Path.Combine(place, PipelineFile.Path)))
            await output.WriteLineAsync($"There is no {PipelineFile.Path} in {place}: the built-in checks run, and no steps.");
        foreach (var path in Files.Select(name => Path.Combine(place, name)).Where(File.Exists))
            code = Math.Max(code, await FileAsync(path, ct));
        return code;
    }

    private async Task<int> FileAsync(string path, CancellationToken ct)
    {
        var text = OutsideText.Decode(await File.ReadAllBytesAsync(path, ct));
        var (good, problems) = Path.GetFileName(path) switch
        {
            "suppressions.yaml" => Say(SuppressionsReader.Read(text, LocalRequest.Today), "suppression"),
            "quarantine.yaml" => Say(QuarantineReader.Read(text, LocalRequest.Today), "quarantined test"),
            _ => await PipelineAsync(path, text, ct),
        };
        foreach (var problem in problems)
            await output.WriteLineAsync($"{path}:{problem.Line ?? 1}:{problem.Column ?? 1}: error: {problem.Message}");
        if (problems.Count == 0) await output.WriteLineAsync(good);
        return problems.Count == 0 ? 0 : 1;
    }

    /// <summary>What is included and only not on this machine is a warning: where it is built it may be there.</summary>
    private async Task<(string Good, IReadOnlyList<DefinitionProblem> Problems)> PipelineAsync(
        string path, string text, CancellationToken ct)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        await using var objects = new GitObjects(folder);
        var included = await includes.ReadAsync(
            new DefinitionFiles(text, null), await WorkingTree.RidAsync(folder, ct), objects, kept: [], ct);
        foreach (var (include, file) in included.Where(static pair => pair.Value.IsElsewhere))
            await output.WriteLineAsync($"{path}: warning: {include.Short} was not looked at: {file.Problem}");
        var reading = PipelineFileReader.Read(
            text, included.Where(static pair => !pair.Value.IsElsewhere).ToDictionary());
        return Say((reading.File.Steps, reading.Problems), "step");
    }

    private static (string Good, IReadOnlyList<DefinitionProblem> Problems) Say<TEntry>(
        (IReadOnlyList<TEntry> Entries, IReadOnlyList<DefinitionProblem> Problems) read, string what)
        => (read.Entries.Count == 1 ? $"good: 1 {what}" : $"good: {read.Entries.Count} {what}s", read.Problems);
}
