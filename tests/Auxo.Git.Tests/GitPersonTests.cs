namespace Auxo.Git.Tests;

/// <summary>Whose home git sees, and whose repositories it reads.</summary>
public sealed class GitPersonTests(SmallRepository repository) : IClassFixture<SmallRepository>
{
    /// <summary>git's own word for tests: every repository belongs to somebody else then.</summary>
    private const string SomebodyElses = "GIT_TEST_ASSUME_DIFFERENT_OWNER";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("core.hooksPath", "~/hooks")]
    [InlineData("core.excludesFile", "~/.gitignore")]
    [InlineData("include.path", "~/more")]
    public async Task A_service_reads_a_repository_whose_settings_name_the_home_of_its_owner(string setting, string value)
    {
        await repository.WriteAsync(".git/config.before", await File.ReadAllTextAsync(Config, Stop));
        try
        {
            await File.AppendAllTextAsync(Config, Section(setting, value), Stop);

            Assert.Equal(repository.Head, await GitCommand.AskAsync(repository.Folder, Stop, "rev-parse", "HEAD"));
        }
        finally
        {
            File.Move(Config + ".before", Config, overwrite: true);
        }
    }

    [Fact]
    public void A_service_sees_no_home_and_reads_everybodys_repositories()
    {
        var variables = GitPerson.Variables(person: null, "/srv/some");

        Assert.Equal("/dev/null", variables["HOME"]);
        Assert.Equal("*", variables["GIT_CONFIG_VALUE_0"]);
    }

    [Fact]
    public async Task A_persons_home_and_what_he_trusts_is_given_and_nothing_more()
    {
        var home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
        await File.WriteAllTextAsync(Path.Combine(home, ".gitconfig"), "[safe]\n\tdirectory = ~/shared\n", Stop);

        var variables = GitPerson.Variables(new GitPerson(home, more: null, storage: null), "/srv/some");

        Assert.Equal(home, variables["HOME"]);
        var values = Enumerable.Range(0, int.Parse(variables["GIT_CONFIG_COUNT"], System.Globalization.CultureInfo.InvariantCulture))
            .Select(i => variables[$"GIT_CONFIG_VALUE_{i}"]).ToList();
        Assert.Contains(home + "/shared", values);
        Assert.DoesNotContain("*", values);
        Directory.Delete(home, recursive: true);
    }

    [Fact]
    public void What_is_trusted_is_trusted_with_its_git_folder_until_it_is_taken_back()
        => Assert.Equal(["/srv/a", "/srv/a/.git", "*"], GitPerson.Safe("/srv/before\0\0/srv/a\0*\0"));

    [Theory]
    [InlineData("/home/seed/.radicle/storage/z3abc", true)]
    [InlineData("/home/seed/.radicle/storage/../../copy", false)]
    [InlineData("/home/seed/.radicle/storage", false)]
    [InlineData("/home/seed/.radicle/storage2/z3abc", false)]
    public void Of_other_accounts_a_person_reads_Radicles_storage_only(string folder, bool isRead)
    {
        var person = new GitPerson("/nonexistent", more: null, "/home/seed/.radicle/storage/");

        Assert.Equal(isRead, GitPerson.Variables(person, folder).ContainsValue("*"));
    }

    [Fact]
    public async Task A_working_copy_of_somebody_else_is_refused_to_a_person_as_git_does()
    {
        var person = GitPerson.Variables(new GitPerson("/nonexistent", more: null, storage: null), repository.Folder);
        person[SomebodyElses] = "1";

        var error = await Assert.ThrowsAsync<GitException>(
            () => GitCommand.RunAsync(repository.Folder, ["status"], Stop, environment: person));
        Assert.Contains("dubious ownership", error.Errors, StringComparison.Ordinal);

        Dictionary<string, string> service = new(StringComparer.Ordinal) { [SomebodyElses] = "1" };
        Assert.Equal(
            repository.Head + "\n", await GitCommand.RunAsync(repository.Folder, ["rev-parse", "HEAD"], Stop, environment: service));
    }

    [Fact]
    public async Task Settings_that_git_cannot_read_are_told_in_its_words_and_no_repository_is_no_fault()
    {
        var broken = Directory.CreateTempSubdirectory("auxo-broken-").FullName;
        Assert.Null(await GitLocation.FaultAsync(broken, Stop));
        await GitCommand.RunAsync(broken, ["init", "--quiet"], Stop);
        Assert.Null(await GitLocation.FaultAsync(broken, Stop));
        await File.AppendAllTextAsync(Path.Combine(broken, ".git", "config"), "[half\n", Stop);

        Assert.Contains("bad config line", await GitLocation.FaultAsync(broken, Stop), StringComparison.Ordinal);
        Directory.Delete(broken, recursive: true);
    }

    private string Config => Path.Combine(repository.Folder, ".git", "config");

    private static string Section(string setting, string value)
        => $"[{setting.Split('.')[0]}]\n\t{setting.Split('.')[1]} = {value}\n";
}
