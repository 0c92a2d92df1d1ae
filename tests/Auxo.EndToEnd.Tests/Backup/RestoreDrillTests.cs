using System.Net;

using Auxo.EndToEnd.Tests.GitStorage;
using Auxo.Testing;

using static Auxo.EndToEnd.Tests.AuxoHttp;

namespace Auxo.EndToEnd.Tests.Backup;

/// <summary>The drill: what was backed up while it ran is restored into an empty folder, and the thread goes on.</summary>
public sealed class RestoreDrillTests
{
    private const string Steps =
        """
        steps:
          - name: make
            commands: ['mkdir -p out', 'ls docs > out/made.txt']
            artifacts: [out/**]
        """;

    [Fact]
    public async Task a_restored_instance_knows_everything_repeats_nothing_and_goes_on()
    {
        var ct = TestContext.Current.CancellationToken;
        var folder = GitStorageFixture.OpenFolder();
        var backup = Path.Combine(folder, "backup.tar");
        var files = SampleRepository.Files(Steps);
        var repository = await PlainRepository.CreateAsync(Path.Combine(folder, "work", "plain"), files);
        string rid, first, second;
        byte[] artifact;
        string key, noted;
        await using (var lost = await GitStorageFixture.StartAsync())
        {
            (rid, _) = await lost.Ingest.TrackAsync(repository.Path);
            first = await repository.GitAsync("rev-parse", "HEAD");
            (await lost.Pipeline.FinishedBuildAsync(first)).ShouldHave("passed");
            artifact = await FetchAsync(lost, rid, "latest");
            using (var defined = await lost.Client("registry").PutAsync(
                "/repositories/files", new StringContent("{}", System.Net.Http.Headers.MediaTypeHeaderValue.Parse("application/json")), ct))
                await defined.ShouldBeAsync(HttpStatusCode.Created);
            using (var put = await lost.Client("registry")
                .PutAsync("/raw/files/by-hand.txt", new StringContent("by hand"), ct)) await put.ShouldBeAsync(HttpStatusCode.Created);

            using (var set = await lost.Client("pipeline").PutAsync(
                "/secrets/TOKEN", new StringContent(
                    """{"value":"tok-s3cr3t"}""", System.Net.Http.Headers.MediaTypeHeaderValue.Parse("application/json")), ct))
                await set.ShouldBeAsync(HttpStatusCode.OK);
            key = await File.ReadAllTextAsync(Path.Combine(lost.Home, "secrets.key"), ct);
            var (code, output) = await AppHostWords.RunAsync(lost.Home, "backup", backup);
            Assert.True(code == 0, output);
            Assert.Contains("secrets.key is not in it", output, StringComparison.Ordinal);
            noted = await File.ReadAllTextAsync(Path.Combine(lost.Home, "last-backup"), ct);
            Assert.Equal(1, (await AppHostWords.RunAsync(lost.Home, "backup", backup)).Code);

            // What comes after the cut is not in it.
            second = await repository.CommitAsync("After the backup", new Dictionary<string, string> { ["docs/more.md"] = "# More\n" });
            using (var swept = await lost.Ingest.PostAsync($"/repositories/{rid}/sweep", content: null, ct)) await swept.ShouldBeAsync(
                HttpStatusCode.Accepted);
            (await lost.Pipeline.FinishedBuildAsync(second)).ShouldHave("passed");
            await lost.KillAppHostAsync();
        }

        await using var restored = AuxoInstance.Create();
        {
            await DamagedAsync(folder, backup);
            var (code, output) = await AppHostWords.RunAsync(restored.Home, "restore", backup);
            Assert.True(code == 0, output);
            Assert.Equal(noted, await File.ReadAllTextAsync(Path.Combine(restored.Home, "last-backup"), ct));
            Assert.Equal(1, (await AppHostWords.RunAsync(restored.Home, "restore", backup)).Code);
        }

        await restored.StartAsync();

        // The second push is found again and built once, under the same id; the first build is known, with its log and its
        // files, and is not built again.
        var build = await restored.Pipeline.FinishedBuildAsync(second);
        build.ShouldHave("passed");
        Assert.Equal(Auxo.Contracts.BuildId.For(Auxo.Contracts.Rid.Parse(rid), Auxo.Contracts.CommitId.Parse(second),
            Auxo.Contracts.BuildTrigger.Branch, "main", 1).ToString(), Text(build, "id"));
        var builds = await restored.Pipeline.BuildsAsync($"rid={rid}");
        Assert.Equal(2, builds.Count);
        var old = await restored.Pipeline.FinishedBuildAsync(first);
        Assert.Contains("mkdir", await restored.Pipeline.GetStringAsync($"/builds/{Text(old, "id")}/logs/make", ct),
            StringComparison.Ordinal);
        Assert.Equal(artifact, await FetchAsync(restored, rid, first));
        await Eventually.TrueAsync(
            async () => !(await FetchAsync(restored, rid, "latest")).SequenceEqual(artifact), "latest is the second one");
        // The value is in the backup, and the key is not: its owner has it elsewhere.
        Assert.Contains("\"isReadable\":false", await restored.Client("pipeline").GetStringAsync("/secrets", ct), StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(restored.Home, "secrets.key"), key, ct);
        Assert.Contains("\"isReadable\":true", await restored.Client("pipeline").GetStringAsync("/secrets", ct), StringComparison.Ordinal);
        Assert.Equal("by hand", await restored.Client("registry").GetStringAsync("/raw/files/by-hand.txt", ct));

        // Each thing was told once in this history: the first build's end before the cut, the second's after it.
        Assert.Equal(2, await CountAsync(restored, "pipeline", "build_finished"));
        Assert.Equal(2, await CountAsync(restored, "registry", "publication_published"));
        Assert.Equal(2, await CountAsync(restored, "pipeline", "build_queued"));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task what_is_no_backup_leaves_no_instance_behind()
    {
        var folder = GitStorageFixture.OpenFolder();
        Directory.CreateDirectory(Path.Combine(folder, "half"));
        await File.WriteAllTextAsync(Path.Combine(folder, "half", "database.dump"), "PGDMP");
        var (code, output) = await AppHostWords.RunAsync(Path.Combine(folder, "home"), "restore", Path.Combine(folder, "half"));
        Assert.Equal(1, code);
        Assert.Contains("never finished", output, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(folder, "half", "backup.json"),
            """{"format":1,"version":"0.1.0","createdAt":"2026-11-23T12:00:00Z","databaseSha256":"00","roles":[],"files":0,"bytes":0}""");
        (code, output) = await AppHostWords.RunAsync(Path.Combine(folder, "home"), "restore", Path.Combine(folder, "half"));
        Assert.Equal(1, code);
        Assert.Contains("before its first release", output, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(folder, "half", "backup.json"),
            """
            {"format":3,"version":"0.1.0","createdAt":"2026-11-23T12:00:00Z","databaseSha256":"00","filesSha256":"00",
             "roles":[],"files":0,"bytes":0}
            """);
        (code, output) = await AppHostWords.RunAsync(Path.Combine(folder, "home"), "restore", Path.Combine(folder, "half"));
        Assert.Equal(1, code);
        Assert.Contains("damaged", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(folder, "home", "pg")));
        (code, output) = await AppHostWords.RunAsync(Path.Combine(folder, "home"), "backup", Path.Combine(folder, "new"));
        Assert.Equal(1, code);
        Assert.Contains("nothing to back up", output, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>A backup that was cut off, and one with a content that was changed and one that was lost.</summary>
    private static async Task DamagedAsync(string folder, string backup)
    {
        var home = Path.Combine(folder, "damaged");
        var cut = Path.Combine(folder, "cut.tar");
        await File.WriteAllBytesAsync(cut, (await File.ReadAllBytesAsync(backup))[..^20_000]);
        var (code, output) = await AppHostWords.RunAsync(home, "restore", cut);
        Assert.Equal(1, code);
        Assert.Contains("cut off", output, StringComparison.Ordinal);

        var unpacked = Path.Combine(folder, "unpacked");
        Directory.CreateDirectory(unpacked);
        await System.Formats.Tar.TarFile.ExtractToDirectoryAsync(backup, unpacked, overwriteFiles: false);
        var contents = Directory.GetFiles(Path.Combine(unpacked, "files", "blobs", "registry"), "*", SearchOption.AllDirectories);
        var bytes = await File.ReadAllBytesAsync(contents[0]);
        bytes[0] ^= 1;
        await File.WriteAllBytesAsync(contents[0], bytes);
        File.Delete(contents[1]);
        var log = Directory.GetFiles(Path.Combine(unpacked, "files", "logs", "builds"), "*", SearchOption.AllDirectories)[0];
        await File.AppendAllTextAsync(log, "more");
        (code, output) = await AppHostWords.RunAsync(home, "restore", unpacked);
        Assert.Equal(1, code);
        Assert.Contains($"{Path.GetFileName(contents[0])} has another content", output, StringComparison.Ordinal);
        Assert.Contains($"{Path.GetFileName(contents[1])} is missing", output, StringComparison.Ordinal);
        Assert.Contains($"{Path.GetFileName(log)} has another content", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(home, "pg")));

        (code, output) = await AppHostWords.RunAsync(home, "restore", unpacked, "--damaged");
        Assert.True(code == 0, output);
        Assert.False(File.Exists(Path.Combine(home, Path.GetRelativePath(Path.Combine(unpacked, "files"), contents[0]))));
        Directory.Delete(home, recursive: true);
    }

    private static Task<byte[]> FetchAsync(AuxoInstance auxo, string rid, string version)
        => Eventually.ValueAsync(async () =>
        {
            using var answer = await auxo.Client("registry").GetAsync($"/artifacts/{rid}/{version}/files/out/made.txt");
            return answer.IsSuccessStatusCode ? await answer.Content.ReadAsByteArrayAsync() : null;
        }, $"{version} is published");

    private static async Task<long> CountAsync(AuxoInstance auxo, string service, string type)
    {
        await using var source = auxo.OpenDatabase();
        await using var command = source.CreateCommand($"select count(*) from {service}.mt_events where type = '{type}'");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
