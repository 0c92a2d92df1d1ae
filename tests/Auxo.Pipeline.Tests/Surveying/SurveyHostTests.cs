using Auxo.Contracts;
using Auxo.Pipeline.Surveying;
using Auxo.Pipeline.Tests.Host;
using Auxo.Testing;

using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Pipeline.Tests.Surveying;

/// <summary>The real service reads default branches once for each head and tells metrics.</summary>
public sealed class SurveyHostTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
    private readonly SetClock _time = new(new DateTimeOffset(2026, 11, 20, 8, 0, 0, TimeSpan.Zero));
    private GitRepository _repository = null!;
    private Told _told = null!;
    private PipelineHost _host = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private SurveyRepository Surveys => _host.Services.GetRequiredService<SurveyRepository>();

    public async ValueTask InitializeAsync()
    {
        _repository = await GitRepository.CreateAsync();
        _told = new Told(_repository);
        _host = await PipelineHost.StartAsync(await postgres.CreateDatabaseAsync(), _home, time: _time);
        await _host.SendAsync(_told.Tracked());
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _repository.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    [Fact]
    public async Task a_head_is_read_with_its_documents_lines_and_dependencies_and_then_its_objects()
    {
        var head = await _repository.CommitAsync(
            ("README.md", "# Demo\n\nIt shows what this is about, in a line or two. [dead](docs/none.md)\n"), ("LICENSE", "MIT"),
            ("docs/CONTRIBUTING.md", "# How\n"), ("CODEOWNERS", "*.cs @ann\n* @bob\n"), ("src/a.cs", "// TODO: x\nclass A;\n"),
            ("package.json", """{"dependencies": {"a": "1"}}"""), ("node_modules/b/index.js", "// TODO of others\n"));
        await AdvanceAsync(head);

        Assert.Equal(2, await Surveys.RunAsync(Ct));

        var told = await ToldAsync();
        var (tree, documents) = (told[0].Tree, told[0].Tree.Documents);
        Assert.Equal((head, 7, 2, 1), (told[0].Head, tree.Files, tree.Lines - 2, tree.Todos));
        Assert.Equal((true, true, true, false), (documents.Readme, documents.License, documents.Contributing, documents.Security));
        Assert.Equal((OwnersFileState.Broken, 1, "README.md:3"), (documents.Owners, documents.DeadLinks, documents.FirstDeadLink));
        Assert.Equal(new DependencySurvey(1, 0, "package.json"), tree.Dependencies);
        Assert.Null(told[0].Objects);
        Assert.Equal((null, null), (told[1].Objects!.Fault, told[1].Objects!.Unfinished));
    }

    [Fact]
    public async Task the_registry_is_told_what_a_head_uses_itself()
    {
        var head = await _repository.CommitAsync(
            ("web/package.json", """{"dependencies": {"a": "^1.0.0"}}"""), ("web/yarn.lock", "a@^1.0.0:\n  version \"1.2.0\"\n"),
            ("bad/package-lock.json", "no lock file"), ("node_modules/x/package-lock.json", """{"packages": {"": {}}}"""),
            ("src/a.csproj", """<Project><ItemGroup><PackageReference Include="Npgsql" Version="9.0.3" /></ItemGroup></Project>"""),
            ("tools/requirements.txt", "six==1.17.0\n"));
        await AdvanceAsync(head);
        await Surveys.RunAsync(Ct);

        await _host.Queues.SentAllAsync("pipeline");
        var told = (await _host.Queues.MessagesAsync<DependenciesFound>("registry"))[0];
        Assert.Equal((head, 3, 3), (told.Head, told.Count, told.Files));
        Assert.Equal(
            [new UsedPackage("npm", "a", "1.2.0"), new UsedPackage("nuget", "Npgsql", "9.0.3"), new UsedPackage("pypi", "six", "1.17.0")],
            told.Packages);
    }

    [Fact]
    public async Task a_very_long_list_is_cut_off()
    {
        var head = await _repository.CommitAsync(
            ("requirements.txt", string.Concat(Enumerable.Range(0, 3000).Select(static i => $"p{i:0000}==1.0\n"))));
        await AdvanceAsync(head);
        await Surveys.RunAsync(Ct);

        await _host.Queues.SentAllAsync("pipeline");
        var told = (await _host.Queues.MessagesAsync<DependenciesFound>("registry"))[0];
        Assert.Equal((2000, 3000, "p0000"), (told.Packages.Count, told.Count, told.Packages[0].Name));
    }

    [Fact]
    public async Task the_same_head_is_not_read_again_and_many_pushes_are_read_once()
    {
        var first = await _repository.CommitAsync(("a.txt", "1"));
        await AdvanceAsync(first);
        Assert.Equal(2, await Surveys.RunAsync(Ct));
        Assert.Equal(0, await Surveys.RunAsync(Ct));

        var second = await _repository.CommitOnTopAsync(("a.txt", "2"));
        await AdvanceAsync(second, first);
        Assert.Equal(0, await Surveys.RunAsync(Ct));
        _time.Move(TimeSpan.FromMinutes(11));
        Assert.Equal(1, await Surveys.RunAsync(Ct));
        Assert.Equal(second, (await ToldAsync())[^1].Head);
        // What git keeps stands in it as it was seen before.
        Assert.NotNull((await ToldAsync())[^1].Objects);

        _time.Move(TimeSpan.FromDays(8));
        Assert.Equal(1, await Surveys.RunAsync(Ct));
    }

    [Fact]
    public async Task a_repository_that_is_gone_waits_an_hour_and_disturbs_no_other()
    {
        var head = await _repository.CommitAsync(("a.txt", "1"));
        await AdvanceAsync(head);
        await _host.SendAsync(new DefaultBranchAdvanced(
            Rid.Parse("rad:z42hL2jL4XNk6K8oHQaSWfMgCL7ji"), "gone", "main", null, head, Told.Alice, "x", [],
            RepositoryLocator.OfFolder("/nonexistent/repository"), _time.GetUtcNow(), _time.GetUtcNow()));
        await Eventually.TrueAsync(
            async () => await _host.ScalarAsync<long>("select count(*) from pipeline.repositories where head is not null") == 2,
            "both are known");

        Assert.Equal(2, await Surveys.RunAsync(Ct));
        Assert.Equal(0, await Surveys.RunAsync(Ct));
        Assert.Equal(1, await _host.ScalarAsync<long>("select count(*) from pipeline.surveys where failed_at is not null"));
    }

    [Fact]
    public async Task a_branch_without_files_has_a_survey_too()
    {
        await AdvanceAsync(await _repository.CommitAsync());

        Assert.Equal(2, await Surveys.RunAsync(Ct));
        Assert.Equal(0, (await ToldAsync())[0].Tree.Files);
    }

    private async Task AdvanceAsync(CommitId head, CommitId? old = null)
    {
        await _host.SendAsync(_told.Advanced(head, old));
        await Eventually.TrueAsync(
            async () => await _host.ScalarAsync<long>($"select count(*) from pipeline.repositories where head = '{head}'") == 1,
            "the head is known");
    }

    private async Task<IReadOnlyList<RepositorySurveyed>> ToldAsync()
    {
        await _host.Queues.SentAllAsync("pipeline");
        return await _host.Queues.MessagesAsync<RepositorySurveyed>("metrics");
    }
}
