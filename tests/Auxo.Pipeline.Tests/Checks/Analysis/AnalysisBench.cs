using System.Text;

using Auxo.Git;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Analysis;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Definitions;

namespace Auxo.Pipeline.Tests.Checks.Analysis;

/// <summary>A repository whose source files are analysed, with one memory of what was seen.</summary>
internal sealed class AnalysisBench : IAsyncDisposable
{
    private readonly VerdictCache _cache = new();

    private AnalysisBench(GitRepository repository) => Repository = repository;

    public GitRepository Repository { get; }

    /// <summary>Settings of the pipeline file.</summary>
    public CheckSettings Settings { get; set; } = CheckSettings.Default;

    /// <summary>How long is waited for new files.</summary>
    public TimeSpan Most { get; set; } = TimeSpan.FromMinutes(10);

    public static async Task<AnalysisBench> CreateAsync() => new(await GitRepository.CreateAsync());

    /// <summary>The real program; the test is left out where there is none.</summary>
    public static string Semgrep()
    {
        var found = ToolProcess.Find("semgrep");
        Assert.SkipWhen(found is null, "semgrep is not installed");
        return found!;
    }

    /// <summary>A commit with these files, looked at.</summary>
    public async Task<CheckReport> LookAsync(string? semgrep, params (string Path, string Content)[] files)
    {
        var commit = await Repository.CommitAsync("main", files.Select(static file => (file.Path, Encoding.UTF8.GetBytes(file.Content))));
        await using var objects = new GitObjects(Repository.Path);
        await using var tree = await SourceTree.ReadAsync(objects, commit, Repository.Path, TestContext.Current.CancellationToken);
        return await StaticAnalysis.RunAsync(tree, Settings, _cache, semgrep, Most, TestContext.Current.CancellationToken);
    }

    /// <summary>Rules of the repository, read as those of a trusted author's commit.</summary>
    public async Task HaveRulesAsync(string name, string text)
    {
        var commit = await Repository.CommitAsync(($".auxo/rules/{name}", text), (".auxo/rules/README.md", "# Rules\n"));
        await using var objects = new GitObjects(Repository.Path);
        var files = await DefinitionFilesReader.ReadAsync(objects, commit, TestContext.Current.CancellationToken);
        Settings = CheckSettings.Default with { Rules = [Assert.Single(files.Rules)] };
    }

    public ValueTask DisposeAsync() => Repository.DisposeAsync();
}
