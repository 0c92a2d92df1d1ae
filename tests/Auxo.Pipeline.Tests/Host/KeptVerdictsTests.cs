using Auxo.Contracts;
using Auxo.Testing;

namespace Auxo.Pipeline.Tests.Host;

/// <summary>What the checks said is there after a restart: the whole service.</summary>
public sealed class KeptVerdictsTests(PostgresFixture postgres) : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-home-").FullName;

    [Fact]
    public async Task a_restart_looks_at_what_is_new_and_not_at_five_hundred_files_again()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var repository = await GitRepository.CreateAsync();
        var told = new Told(repository);
        var scripts = Enumerable.Range(0, 500).Select(static i => ($"s{i}.sh", $"#!/bin/bash\necho \"{i}\"\n")).ToArray();
        Assert.Contains("500 scripts, 0 of them looked at before", await FirstAsync(scripts), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_home, "verdicts")));

        Assert.Contains(
            "501 scripts, 500 of them looked at before", await FirstAsync([.. scripts, ("new.sh", "#!/bin/bash\necho new\n")]),
            StringComparison.Ordinal);

        await using (var cut = new FileStream(Path.Combine(_home, "verdicts"), FileMode.Open)) cut.SetLength(cut.Length / 2);
        Assert.Contains(
            "502 scripts, 0 of them looked at before",
            await FirstAsync([.. scripts, ("new.sh", "#!/bin/bash\necho new\n"), ("newer.sh", "#!/bin/bash\necho newer\n")]),
            StringComparison.Ordinal);

        async Task<string> FirstAsync((string, string)[] files)
        {
            await using var host = await PipelineHost.StartAsync(database, _home);
            await host.SendAsync(told.Tracked());
            var head = await repository.CommitOnTopAsync(files);
            await host.SendAsync(told.Advanced(head));
            var build = BuildId.For(told.Rid, head, BuildTrigger.Branch, "main", 1);
            await host.FinishedAsync(build);
            return await host.LogAsync(build, "syntax");
        }
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);
}
