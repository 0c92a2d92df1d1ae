using System.Text.Json;

using Auxo.ServiceDefaults.Disk;

namespace Auxo.Pipeline.Workspaces;

/// <summary>
/// The workspaces of the builds that failed last, as their steps left them, for <c>auxo ci shell</c>. A few of them, for a few days,
/// and none while the disk is nearly full.
/// </summary>
/// <param name="layout">Where they lie.</param>
/// <param name="most">How many; 0 for none.</param>
/// <param name="disk">Says whether the disk is nearly full; null for whoever only looks.</param>
/// <param name="time">The time.</param>
public sealed class KeptWorkspaces(InstanceLayout layout, int most, DiskGuard? disk, TimeProvider time)
{
    /// <summary>Of each.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromDays(3);

    private const string About = "build.json";

    /// <summary>Keeps the workspace of a build that has failed, or removes it. Never throws for a disk that refuses.</summary>
    /// <returns>Whether it is kept.</returns>
    public async Task<bool> KeepAsync(Workspace workspace, KeptBuild build, CancellationToken ct)
    {
        if (most == 0 || disk?.Refuse() is not null) return false;
        var folder = Path.Combine(layout.Failed, build.BuildId.ToString("N"));
        try
        {
            await WorkspaceFolder.RemoveAsync(folder, ct);
            workspace.MoveTo(folder);
            PrivateFiles.Write(Path.Combine(folder, About), JsonSerializer.Serialize(build, KeptBuildJson.Default.KeptBuild));
            Directory.SetLastWriteTimeUtc(folder, time.GetUtcNow().UtcDateTime);
            await TrimAsync(ct);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Removes those that are old or too many; all of them while the disk is nearly full.</summary>
    public async Task TrimAsync(CancellationToken ct)
    {
        if (!Directory.Exists(layout.Failed)) return;
        var full = disk?.Refuse() is not null;
        var oldest = time.GetUtcNow().UtcDateTime - Age;
        var newestFirst = new DirectoryInfo(layout.Failed).EnumerateDirectories()
            .OrderByDescending(static folder => folder.LastWriteTimeUtc).ToList();
        foreach (var (i, folder) in newestFirst.Index())
        {
            if (!full && i < most && folder.LastWriteTimeUtc >= oldest) continue;
            try
            {
                await WorkspaceFolder.RemoveAsync(folder.FullName, ct);
            }
            catch (IOException)
            {
                // Somebody else's files are in it, such as of a container that was started by hand. It is tried again.
            }
        }
    }

    /// <summary>The kept build with this id, or the only one whose id begins so; null when there is none.</summary>
    /// <param name="id">The id, the short one or another beginning of it.</param>
    /// <param name="ct">Stops.</param>
    public async Task<(KeptBuild Build, string Tree)?> FindAsync(string id, CancellationToken ct)
    {
        var begin = id.Replace("-", "", StringComparison.Ordinal);
        if (begin.Length == 0 || !Directory.Exists(layout.Failed)) return null;
        var found = new DirectoryInfo(layout.Failed).EnumerateDirectories()
            .Where(folder => folder.Name.StartsWith(begin, StringComparison.OrdinalIgnoreCase)
                && File.Exists(Path.Combine(folder.FullName, About))).ToList();
        if (found is not [var only]) return null;
        await using var about = File.OpenRead(Path.Combine(only.FullName, About));
        if (await JsonSerializer.DeserializeAsync(about, KeptBuildJson.Default.KeptBuild, ct) is not { } build) return null;
        // Whoever looks at it needs it a while longer.
        only.LastWriteTimeUtc = time.GetUtcNow().UtcDateTime;
        return (build, Workspace.TreeOf(only.FullName));
    }
}
