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

        var passedOver = PassedOverFiles.Of(Entries(place)).Where(static file => file.IsProblem).ToList();
        foreach (var file in passedOver)
        {
            var problem = new DefinitionProblem(Path.Combine(place, file.Path), Line: null, Column: null, file.Why);
            await output.WriteLineAsync(LocalWords.Of(problem));
        }

        var code = passedOver.Count == 0 ? 0 : 1;
        if (passedOver.Count == 0 && !File.Exists(Path.Combine(place, PipelineFile.Path)))
            await output.WriteLineAsync($"There is no {PipelineFile.Path} in {place}: the built-in checks run, and no steps.");
        foreach (var path in Files.Select(name => Path.Combine(place, name)).Where(File.Exists))
            code = Math.Max(code, await FileAsync(path, ct));
        return code;
    }

    /// <summary>What lies at the top and in the folders of pipeline files, as a commit of it would list it.</summary>
    private static List<GitTreeEntry> Entries(string place)
    {
        var found = new List<GitTreeEntry>();
        foreach (var file in new DirectoryInfo(place).EnumerateFileSystemInfos())
        {
            found.Add(Entry(file, ""));
            if (file is DirectoryInfo { LinkTarget: null } folder && PassedOverFiles.IsFolder(folder.Name))
                found.AddRange(folder.EnumerateFileSystemInfos().Select(inner => Entry(inner, folder.Name + "/")));
        }

        return found;

        static GitTreeEntry Entry(FileSystemInfo file, string folder)
            => new(file switch { { LinkTarget: not null } => "120000", DirectoryInfo => "40000", _ => "100644" }, folder + file.Name, "");
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
        foreach (var problem in LocalWords.InOrder(problems))
            await output.WriteLineAsync(LocalWords.Of(problem with { Path = path }));
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
