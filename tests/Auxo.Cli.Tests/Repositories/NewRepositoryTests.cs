using System.Text;

using Auxo.Cli.Repositories.Starting;

namespace Auxo.Cli.Tests.Repositories;

public sealed class NewRepositoryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-template-").FullName;

    [Theory]
    [InlineData("weather-station", true)]
    [InlineData("a", true)]
    [InlineData("7zip.js_2", true)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("-x", false)]
    [InlineData("a/b", false)]
    [InlineData("a b", false)]
    [InlineData("wetter-straße", false)]
    [InlineData("п", false)]
    [InlineData("a\n", false)]
    [InlineData("a.", false)]
    [InlineData("a-", false)]
    [InlineData("a.git", false)]
    [InlineData("{{name}}", false)]
    public void a_name_is_one_that_radicle_and_a_folder_can_have(string name, bool good)
        => Assert.Equal(good, NewRepository.Refuse(name) is null);

    [Fact]
    public void a_name_has_a_limit_and_so_has_a_description()
    {
        Assert.Null(NewRepository.Refuse(new string('a', 64)));
        Assert.NotNull(NewRepository.Refuse(new string('a', 65)));
        Assert.Null(NewRepository.RefuseDescription("Misst das Wetter: \"schön\" & 20 °C"));
        Assert.NotNull(NewRepository.RefuseDescription("two\nlines"));
        Assert.NotNull(NewRepository.RefuseDescription("\e[31mred"));
        Assert.NotNull(NewRepository.RefuseDescription(new string('é', 128)));
    }

    [Theory]
    [InlineData("weather-station", "weather_station", "WeatherStation")]
    [InlineData("7zip.js_2", "lib_7zip_js_2", "App7zipJs2")]
    [InlineData("class", "lib_class", "Class")]
    [InlineData("7", "lib_7", "App7")]
    [InlineData("Calendar", "lib_calendar", "Calendar")]
    public void names_in_a_language_follow_from_the_name(string name, string module, string pascal)
    {
        var values = Of(name).Values;
        Assert.Equal((module, pascal), (values["module"], values["pascal"]));
    }

    [Fact]
    public void what_stands_between_quotes_stays_there()
    {
        var values = Of("demo", "a \"b\" <c> & \\d").Values;
        Assert.Equal("\"a \\\"b\\\" <c> & \\\\d\"", Fill("x.json", "\"{{description}}\"", values));
        Assert.Equal("\"a \\\"b\\\" <c> & \\\\d\"", Fill("x.toml", "\"{{ description }}\"", values));
        Assert.Equal("a &quot;b&quot; &lt;c&gt; &amp; \\d", Fill("x.csproj", "{{description}}", values));
        Assert.Equal("a \"b\" <c> & \\d, {{ Values.other }} ${{ github.sha }} {{unknown}}", Fill(
            "x.md", "{{description}}, {{ Values.other }} ${{ github.sha }} {{unknown}}", values));
    }

    [Fact]
    public void a_teams_folder_is_taken_as_far_as_it_can_be()
    {
        Write("README.md", "# {{name}}: {{description}}\n");
        Write("src/{{module}}.py", "x = 1\n");
        Write("bin/run", "#!/bin/sh\n");
        File.SetUnixFileMode(Path.Combine(_folder, "bin/run"), (UnixFileMode)0b111_101_101);
        var binary = (byte[])[0, 1, 2, .. "{{name}}"u8];
        File.WriteAllBytes(Path.Combine(_folder, "logo.png"), binary);
        File.WriteAllBytes(Path.Combine(_folder, "latin1.txt"), [0xE9, .. "{{name}}"u8]);
        File.CreateSymbolicLink(Path.Combine(_folder, "link"), "README.md");
        File.CreateSymbolicLink(Path.Combine(_folder, "out"), "../../etc/passwd");
        File.CreateSymbolicLink(Path.Combine(_folder, "absolute"), "/etc/passwd");
        Write(".git/config", "[core]\n");
        Write("deep/.GIT/hooks/x", "x\n");
        Write("bad\nname", "x\n");
        Write("bad\\name", "x\n");
        Write("empty", "");
        var team = TeamTemplates.Read(_folder, Of("demo", "d"));
        Assert.Equal(
            ["README.md", "bin/run", "empty", "latin1.txt", "link", "logo.png", "src/demo.py"],
            team.Files.Select(static file => file.Path));
        Assert.Equal("# demo: d\n", team.Files[0].Text);
        Assert.True(team.Files[1].IsExecutable);
        Assert.Equal("README.md", team.Files[4].Target);
        Assert.Equal(binary, team.Files[5].Content.ToArray());
        Assert.Equal([0xE9, .. "{{name}}"u8], team.Files[3].Content.ToArray());
        Assert.Equal(5, team.LeftOut.Count);
        Assert.Contains("out: a link that leads out of the folder", team.LeftOut);
    }

    [Fact]
    public void a_pipe_in_a_teams_folder_is_not_waited_for_and_named()
    {
        using var made = System.Diagnostics.Process.Start("mkfifo", Path.Combine(_folder, "pipe"))!;
        made.WaitForExit();
        var team = TeamTemplates.Read(_folder, Of("demo"));
        Assert.Empty(team.Files);
        Assert.Equal(["pipe: it is no file that can be read"], team.LeftOut);
    }

    [Fact]
    public void a_folder_of_the_type_is_meant_where_there_is_one_and_common_goes_with_it()
    {
        Write("common/README.md", "common\n");
        Write("common/CODEOWNERS", "* @team\n");
        Write("python/README.md", "python\n");
        Write("node/README.md", "node\n");
        var files = TeamTemplates.Read(_folder, Of("demo", type: "python")).Files;
        Assert.Equal(["CODEOWNERS", "README.md"], files.Select(static file => file.Path));
        Assert.Equal("python\n", files[1].Text);
    }

    [Fact]
    public void two_files_of_one_name_are_a_mistake_and_what_lies_above_wins()
    {
        Write("{{name}}.md", "x");
        Write("demo.md", "y");
        Assert.Throws<CliException>(() => TeamTemplates.Read(_folder, Of("demo")));
        var below = new TemplateFile("docs/README.md", Encoding.UTF8.GetBytes("x"), IsExecutable: false);
        var above = new TemplateFile("docs", default, IsExecutable: false, "manual");
        Assert.Equal([above], TeamTemplates.Over([below], [above]));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Fill(string path, string text, IReadOnlyDictionary<string, string> values)
        => new TemplateFile(path, Encoding.UTF8.GetBytes(text), IsExecutable: false).Filled(values).Text!;

    private static NewRepository Of(string name, string description = "d", string type = "shell")
        => new(name, description, type, "a@example.org", 2026);

    private void Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
