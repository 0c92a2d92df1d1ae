using System.Text;

using Auxo.Contracts;
using Auxo.Git;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Definitions;

namespace Auxo.Pipeline.Tests.Definitions;

/// <summary>A file that should count does, in whatever encoding; one that does not is said.</summary>
public sealed class FilesThatCountTests
{
    private const string Steps = "steps:\n  - name: test\n    run: make\n";

    /// <summary>Surely meant for Auxo: the build fails, with what to do.</summary>
    [Theory]
    [InlineData(".auxo/ci.yml", "rename it to .auxo/ci.yaml")]
    [InlineData(".auxo/CI.yaml", "rename it to .auxo/ci.yaml")]
    [InlineData(".auxo/Ci.YML", "rename it to .auxo/ci.yaml")]
    [InlineData(".Auxo/ci.yaml", "rename it to .auxo/ci.yaml")]
    [InlineData(".auxo.yml", "move it to .auxo/ci.yaml")]
    [InlineData("auxo.yaml", "move it to .auxo/ci.yaml")]
    [InlineData(".auxo", "must be a folder")]
    [InlineData("@.auxo/ci.yaml", "must be a file")]
    [InlineData("@.auxo", "must be a folder")]
    [InlineData(".auxo/ci.yaml/steps", "must be a file")]
    public async Task a_file_that_is_surely_meant_fails_the_build_with_what_to_do(string path, string words)
    {
        var plan = await PlanAsync((path, Encoding.UTF8.GetBytes(Steps)));
        Assert.Contains(words, Assert.Single(plan.Problems).Message, StringComparison.Ordinal);
        Assert.Contains(
            path.TrimStart('@').Replace("/steps", "", StringComparison.Ordinal), plan.Problems[0].Message, StringComparison.Ordinal);
    }

    /// <summary>Perhaps meant for another program: the build says so and goes on.</summary>
    [Theory]
    [InlineData(".radicle/native.yaml", "another CI program")]
    [InlineData(".radicle/ambient.yaml", "another CI program")]
    [InlineData(".radicle/native.yml", "another CI program")]
    [InlineData(".radicle/ci.yml", "rename it to .radicle/ci.yaml")]
    [InlineData(".Radicle/CI.yaml", "rename it to .radicle/ci.yaml")]
    [InlineData(".auxo/pipeline.yaml", "only .auxo/ci.yaml")]
    public async Task a_file_of_another_program_is_said(string path, string words)
    {
        var plan = await PlanAsync((path, Encoding.UTF8.GetBytes(Steps)));
        Assert.Empty(plan.Problems);
        Assert.Contains(words, Assert.Single(plan.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_left_over_beside_the_pipeline_file_is_said_and_breaks_nothing()
    {
        var plan = await PlanAsync((".auxo/ci.yaml", Encoding.UTF8.GetBytes(Steps)), (".auxo/ci.yml", "x"u8.ToArray()),
            (".radicle/native.yaml", "shell: make\n"u8.ToArray()));
        Assert.Equal("test", Assert.Single(plan.Steps).Name);
        Assert.Contains(".auxo/ci.yml is not read", Assert.Single(plan.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_is_no_pipeline_file_is_not_talked_about()
    {
        var plan = await PlanAsync(("ci.yml", "x"u8.ToArray()), ("src/.auxo/ci.yml", "x"u8.ToArray()), (".auxo/README.md", "x"u8.ToArray()),
            (".github/workflows/ci.yml", "x"u8.ToArray()));
        Assert.Empty(plan.Problems);
        Assert.Empty(plan.Notes);
    }

    public static TheoryData<string, byte[]> Encodings => new()
    {
        { "UTF-8", Encoding.UTF8.GetBytes(Steps) },
        { "UTF-8 with a byte order mark", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Steps)] },
        { "the mark, and lines that end as on Windows", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Steps.Replace("\n", "\r\n"))] },
        { "UTF-16 little-endian", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Steps)] },
        { "UTF-16 big-endian", [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(Steps)] },
    };

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task a_pipeline_file_is_read_in_every_encoding_that_its_mark_names(string what, byte[] content)
    {
        var plan = await PlanAsync((".auxo/ci.yaml", content));
        Assert.True(plan.Problems.Count == 0, $"{what}: {string.Join(';', plan.Problems)}");
        Assert.Equal(["make"], Assert.Single(plan.Steps).Commands);
    }

    [Fact]
    public async Task the_old_file_is_read_behind_a_byte_order_mark()
    {
        var plan = await PlanAsync((".radicle/ci.yaml", [0xEF, 0xBB, 0xBF, .. "shell: make\n"u8]));
        Assert.Equal(["make"], Assert.Single(plan.Steps).Commands);
    }

    [Fact]
    public async Task bytes_that_are_no_text_are_named_by_line_and_column()
    {
        var plan = await PlanAsync((".auxo/ci.yaml", Encoding.Latin1.GetBytes("environment:\n  NAME: Jürgen\n")));
        var problem = Assert.Single(plan.Problems);
        Assert.Equal((2, 10), (problem.Line, problem.Column));
        Assert.Contains("UTF-8", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    public async Task a_readme_has_its_title_and_its_links_behind_a_mark(string encoding)
    {
        var kind = Encoding.GetEncoding(encoding);
        var findings = await FindingsAsync("documentation",
            ("README.md", [.. kind.GetPreamble(), .. kind.GetBytes("# Title\n\nIt says what it is. See [this](absent.md).\n")]),
            ("LICENSE", "x"u8.ToArray()));
        Assert.Equal("broken-link", Assert.Single(findings).Rule);
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public async Task a_secret_in_utf_16_is_found(string encoding)
    {
        var kind = Encoding.GetEncoding(encoding);
        var finding = Assert.Single(await FindingsAsync("secrets",
            ("settings.reg", [.. kind.GetPreamble(), .. kind.GetBytes("first\r\nkey glpat-" + "q7Zp2LkX9vTn4RbW8sYd\r\n")])));
        Assert.Equal(("gitlab-token", 2), (finding.Rule, finding.Line));
    }

    [Theory]
    [InlineData("./out/**", "out/**")]
    [InlineData("././out/", "out/")]
    [InlineData("out//report.txt", "out/report.txt")]
    [InlineData("out/./report.txt", "out/report.txt")]
    [InlineData("./report.txt", "report.txt")]
    public void a_path_of_artifacts_may_begin_where_it_stands(string written, string read)
    {
        var reading = PipelineFileReader.Read($"steps:\n  - name: a\n    run: x\n    artifacts: [{written}]\n");
        Assert.Empty(reading.Problems);
        Assert.Equal([read], reading.File.Steps[0].Artifacts);
    }

    [Theory]
    [InlineData("./", "whole workspace")]
    [InlineData(".", "whole workspace")]
    [InlineData("/out/**", "is absolute")]
    [InlineData("./../out", "leaves its folder")]
    [InlineData("out/../../x", "leaves its folder")]
    public void a_path_of_artifacts_is_refused_for_its_true_reason(string written, string words)
        => Assert.Contains(
            words,
            Assert.Single(PipelineFileReader.Read($"steps:\n  - name: a\n    run: x\n    artifacts: [{written}]\n").Problems).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("./fixtures/**")]
    [InlineData("./fixtures/")]
    [InlineData("fixtures/**")]
    [InlineData("/fixtures/")]
    public void a_pattern_of_what_is_left_out_may_begin_where_it_stands(string pattern)
        => Assert.True(PathPatterns.Of([pattern]).Match("fixtures/keys/a.pem"));

    [Fact]
    public async Task a_required_folder_may_begin_where_it_stands()
    {
        var settings = CheckSettings.Default with { Required = ["./docs/", "./README*"] };
        Assert.Empty(await FindingsAsync("structure", settings, ("docs/a.md", "x"u8.ToArray()), ("README.md", "x"u8.ToArray())));
    }

    private static async Task<Plan> PlanAsync(params (string, byte[])[] files)
    {
        await using var repository = await GitRepository.CreateAsync();
        var commit = await repository.CommitAsync("main", files);
        await using var objects = new GitObjects(repository.Path);
        var read = await DefinitionFilesReader.ReadAsync(objects, commit, TestContext.Current.CancellationToken);
        return Plan.Decide(PipelineFileTests.Facts(Trust.Trusted), approved: false, read, canonical: null);
    }

    private static Task<IReadOnlyList<Finding>> FindingsAsync(string check, params (string, byte[])[] files)
        => FindingsAsync(check, CheckSettings.Default, files);

    private static async Task<IReadOnlyList<Finding>> FindingsAsync(
        string check, CheckSettings settings, params (string, byte[])[] files)
    {
        await using var repository = await GitRepository.CreateAsync();
        var commit = await repository.CommitAsync("main", files);
        await using var objects = new GitObjects(repository.Path);
        await using var tree = await SourceTree.ReadAsync(objects, commit, repository.Path, TestContext.Current.CancellationToken);
        var results = await CheckBatch.RunAsync(
            tree, settings, [check], new VerdictCache(), TimeProvider.System, TestContext.Current.CancellationToken);
        return results[0].Findings;
    }
}
