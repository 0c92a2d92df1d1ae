using Auxo.Pipeline.Caches;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Workspaces;

namespace Auxo.Pipeline.Tests.Caches;

/// <summary>What names a cache is read by the service itself, and made by a step.</summary>
public sealed class CacheKeyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-key-").FullName;

    [Fact]
    public void files_without_end_make_no_key()
    {
        Assert.NotNull(Of("lock", out var problem));
        Assert.Null(problem);
        using (var file = File.Create(Path.Combine(Tree, "large"))) file.SetLength(300L << 20);
        Assert.Null(Of("large", out problem));
        Assert.Contains("more than 10000 files or 256 MiB", problem, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Tree => Directory.CreateDirectory(Path.Combine(_folder, "tree")).FullName;

    private CacheKey? Of(string pattern, out string? problem)
    {
        File.WriteAllText(Path.Combine(Tree, "lock"), "1");
        var step = new CommandStep("a", ["x"], null, new Dictionary<string, string>(), TimeSpan.FromMinutes(1), null, []);
        return CacheKey.Of(
            step, new StepCache([pattern], ["out"], InHome: false, Newest: false), new Workspace(_folder, "", ""), out problem);
    }
}
