using Auxo.Cli.Output;
using Auxo.Testing;

namespace Auxo.Cli.Tests;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("stauts", "Did you mean 'status'?")]
    [InlineData("ci lgos", "Did you mean 'logs'?")]
    [InlineData("ci status --josn", "Did you mean '--json'?")]
    [InlineData("repo track --brnch x", "Did you mean '--branch'?")]
    [InlineData("repo", "track")]
    [InlineData("", "status")]
    [InlineData("ci status 0", "between 1 and 200")]
    [InlineData("ci status many", "between 1 and 200")]
    [InlineData("ci cancel", "Required argument")]
    public async Task a_wrong_command_line_is_answered_with_what_was_meant(string line, string expected)
    {
        var result = await CliResult.RunAsync([], line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.Equal("", result.Out);
    }

    [Fact]
    public async Task what_no_command_expected_is_reported_as_a_defect_and_ends_in_order()
    {
        await using var error = new StringWriter();
        var host = new CliHost
        {
            StandardOutput = Stream.Null, StandardError = error, Width = 80, WorkingFolder = "/", Time = TimeProvider.System,
            Programs = "/nonexistent", IsTerminal = false,
            Variable = static _ => throw new InvalidOperationException("nobody thought of it"),
        };

        Assert.Equal(70, await AuxoCommandLine.RunAsync(["status"], host, TestContext.Current.CancellationToken));

        Assert.StartsWith("auxo: This is a defect of Auxo.", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("InvalidOperationException: nobody thought of it", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_pipeline_file_is_checked_without_an_instance()
    {
        var programs = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../.."));
        var built = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        Assert.SkipUnless(
            File.Exists(Path.Combine(programs, "Auxo.Pipeline", built, "Auxo.Pipeline")), "the pipeline is not built beside it");
        var folder = Directory.CreateTempSubdirectory("auxo-lint-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "ci.yaml"), "step: []\n");
        var result = await CliResult.RunAsync([], ["ci", "lint", "ci.yaml"], folder: folder, programs: programs);
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith($"{folder}/ci.yaml:1:1: error: unknown key 'step'; did you mean 'steps'?", result.Out, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>The pipeline's program has the terminal; only how it ended comes back.</summary>
    [Theory]
    [InlineData("0000000")]
    [InlineData("0000000", "test")]
    public async Task a_shell_of_a_build_whose_workspace_is_gone_is_refused_without_any_service(params string[] arguments)
    {
        var programs = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../.."));
        var built = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        Assert.SkipUnless(
            File.Exists(Path.Combine(programs, "Auxo.Pipeline", built, "Auxo.Pipeline")), "the pipeline is not built beside it");
        Assert.Equal(2, (await CliResult.RunAsync([], ["ci", "shell", .. arguments], programs: programs)).ExitCode);
    }

    [Fact]
    public async Task help_needs_no_instance()
    {
        var result = await CliResult.RunAsync([], ["ci", "run", "--help"]);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("auxo ci run", result.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, null, true)]
    [InlineData(true, "1", false)]
    [InlineData(false, null, false)]
    public async Task colours_are_for_terminals_that_want_them(bool terminal, string? noColor, bool expected)
    {
        await using var auxo = await FakeAuxo.StartAsync();
        var variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["AUXO_HOME"] = auxo.Home, ["TERM"] = "xterm" };
        if (noColor is not null) variables["NO_COLOR"] = noColor;

        var output = new MemoryStream();
        using var screen = new Terminal(Host(output, terminal, variables), json: false);
        screen.Line("[green]x[/]");

        Assert.Equal(expected, output.ToArray().Contains((byte)0x1b));
    }

    [Theory]
    [InlineData("\u001b[31mred\u001b[0m", "\u001b[31mred\u001b[0m")]
    [InlineData("\u001b]0;title\u0007", "\u241b]0;title\ufffd")]
    [InlineData("\u001b[2J\u001b[1;1H", "\u241b[2J\u241b[1;1H")]
    [InlineData("\u009b31m", "\ufffd31m")]
    [InlineData("a\u202eb", "a\ufffdb")]
    [InlineData("50 %\r100 %\n\tdone", "50 %\r100 %\n\tdone")]
    [InlineData("\u001b", "\u241b")]
    [InlineData("\u001b[", "\u241b[")]
    public void a_log_may_colour_the_terminal_and_nothing_else(string text, string expected)
    {
        Assert.Equal(expected, TamedText.Tame(text, colours: true));
        Assert.DoesNotContain('\u001b', TamedText.Tame(text, colours: false));
    }

    [Fact]
    public void markup_in_a_title_is_only_text()
    {
        var output = new MemoryStream();
        using var screen = new Terminal(Host(output, terminal: false, []), json: false);
        var columns = new Columns(0, "A", "B");
        columns.Add("[red]x[/] \u001b[31m\nnext line", "b");
        columns.Write(screen);

        Assert.Equal("A                          B\n[red]x[/] \ufffd[31m next line  b\n",
            System.Text.Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact]
    public void a_did_is_no_picture()
    {
        var output = new MemoryStream();
        using var screen = new Terminal(Host(output, terminal: false, []), json: false);
        screen.Line(Terminal.Safe("did:key:z6Mk :smile:"));

        Assert.Equal("did:key:z6Mk :smile:\n", System.Text.Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact]
    public void a_cut_counts_the_columns_of_wide_characters()
    {
        Assert.Equal("日本…", Columns.Cut("日本語の題", 5));
        Assert.Equal("abcd…", Columns.Cut("abcdefgh", 5));
        Assert.Equal("abcde", Columns.Cut("abcde", 5));
    }

    private static CliHost Host(Stream output, bool terminal, Dictionary<string, string> variables) => new()
    {
        StandardOutput = output,
        StandardError = TextWriter.Null,
        IsTerminal = terminal,
        Width = 80,
        Variable = name => variables.GetValueOrDefault(name),
        WorkingFolder = "/",
    };
}
