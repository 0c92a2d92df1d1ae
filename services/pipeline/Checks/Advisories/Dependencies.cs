using System.Globalization;

using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Checks.Locks;

namespace Auxo.Pipeline.Checks.Advisories;

/// <summary>
/// Check <c>dependencies</c>: no package of a lock file has a known vulnerability. Trivy says so where it is installed and has a database,
/// else the registries' own advisories where they are set. What nobody looked at is said, and never passes in silence.
/// </summary>
public sealed class Dependencies
{
    /// <summary>Of one file; who has more reads the first.</summary>
    private const int MostFindings = 1000;

    private const string NoFiles = "no lock files";

    private readonly SourceTree _tree;
    private readonly VerdictCache _cache;
    private readonly List<Observation> _seen = [];
    private readonly List<string> _notes = [];
    private readonly List<(LockFile File, string Why)> _unlooked = [];
    private int _looked;

    private Dependencies(SourceTree tree, VerdictCache cache) => (_tree, _cache) = (tree, cache);

    /// <summary>Asks about all lock files of the tree.</summary>
    public static async Task<CheckReport> RunAsync(SourceTree tree, CheckSettings settings, VerdictCache cache, CancellationToken ct)
    {
        var files = LockFiles.Of(tree, PathPatterns.Of(settings.Ignore.GetValueOrDefault("dependencies")));
        if (files.Count == 0) return new CheckReport([], [NoFiles]);
        return await new Dependencies(tree, cache).RunAsync(files, ct);
    }

    /// <summary>Why it would look at none: there are none, or nobody can be asked about those that are there.</summary>
    public static async Task<string?> WhyNothingAsync(
        SourceTree tree, CheckSettings settings, VerdictCache cache, CancellationToken ct)
    {
        var files = LockFiles.Of(tree, PathPatterns.Of(settings.Ignore.GetValueOrDefault("dependencies")));
        if (files.Count == 0) return NoFiles;
        var (trivy, why) = await Trivy.FindAsync(cache.Advisories, ct);
        return files.Any(file => trivy is not null && file.Kind.TrivyReads
            || file.Kind.Registry is { } registry && cache.Advisories.Of(registry) is not null)
            ? null
            : string.Join("; ", files.Select(file => Missing(file.Kind, why)).Distinct(StringComparer.Ordinal));
    }

    private async Task<CheckReport> RunAsync(IReadOnlyList<LockFile> files, CancellationToken ct)
    {
        var (trivy, why) = await Trivy.FindAsync(_cache.Advisories, ct);
        var ofTrivy = files.Where(file => trivy is not null && file.Kind.TrivyReads).ToList();
        if (trivy is not null && ofTrivy.Count > 0) await AskTrivyAsync(trivy, ofTrivy, ct);
        foreach (var group in files.Except(ofTrivy).GroupBy(static file => file.Kind.Registry))
        {
            if (group.Key is { } registry && _cache.Advisories.Of(registry) is { } source)
                await AskRegistryAsync(registry, source, group, ct);
            else foreach (var file in group) await PassOverAsync(file, Missing(file.Kind, why), ct);
        }

        if (_looked == 0 && _unlooked.Count > 0)
            return CheckReport.Skipped(string.Join("; ", _unlooked.Select(static file => file.Why).Distinct(StringComparer.Ordinal)));
        _seen.AddRange(_unlooked.Select(static file => CheckReport.ToolFailed(file.Why) with { Path = file.File.Entry.Name }));
        return new CheckReport(_seen, _notes);
    }

    private async Task AskTrivyAsync(Trivy trivy, List<LockFile> files, CancellationToken ct)
    {
        _seen.AddRange(await new TrivyScan(trivy, _tree, _cache).RunAsync(files, ct));
        _looked += files.Count;
        _notes.Add($"trivy: {Count(files.Count)}, by its database of {Date(trivy.UpdatedAt)}");
        _seen.AddRange(trivy.Age(_cache.Advisories.Time));
    }

    private async Task AskRegistryAsync(Registry registry, IAdvisories source, IEnumerable<LockFile> files, CancellationToken ct)
    {
        var before = _looked;
        AdvisoryData? data = null;
        foreach (var file in files)
        {
            try
            {
                data = await JudgeAsync(file, source, ct);
                _looked++;
            }
            catch (LockFormatException e)
            {
                NotRead(file, e);
            }
            catch (AdvisoryException e)
            {
                await PassOverAsync(file, e.Message, ct);
            }
        }

        if (data is null) return;
        _notes.Add($"{AdvisorySources.NameOf(registry)}: {Count(_looked - before)}, by the advisories of {Date(data.AskedAt)}");
        if (data.Trouble is { } trouble)
            _seen.Add(Old($"{registry}", $"the advisories of {AdvisorySources.NameOf(registry)} are of {Date(data.AskedAt)}: {trouble}"));
    }

    private async Task<AdvisoryData> JudgeAsync(LockFile file, IAdvisories source, CancellationToken ct)
    {
        var read = new Lazy<Task<(string Text, IReadOnlyList<LockedPackage> Packages)>>(() => LockReading.ReadAsync(_tree, file, ct));
        var data = await source.AskAsync(file.Entry.Oid, async () => (await read.Value).Packages, ct);
        var ruling = $"{file.Kind.Name}|{data.Version}";
        if (!_cache.TryGet(file.Entry.Oid, ruling, out var seen))
        {
            var (text, packages) = await read.Value;
            // npm lays the same version into several folders.
            var each = packages.DistinctBy(static package => (package.Name, package.Version));
            seen = [.. each.SelectMany(package => Meet(package, text, data, source)).Take(MostFindings)];
            _cache.Put(file.Entry.Oid, ruling, seen);
        }

        _seen.AddRange(seen.Select(o => o with { Path = file.Entry.Name }));
        return data;
    }

    /// <summary>Nobody can be asked about it; where no package stands in it, nobody need be.</summary>
    private async Task PassOverAsync(LockFile file, string why, CancellationToken ct)
    {
        try
        {
            if (file.Kind.Read is null || (await LockReading.ReadAsync(_tree, file, ct)).Packages.Count > 0) _unlooked.Add((file, why));
        }
        catch (LockFormatException e)
        {
            NotRead(file, e);
        }
    }

    private void NotRead(LockFile file, LockFormatException e)
    {
        _seen.Add(CheckReport.ToolFailed(e.Message) with { Path = file.Entry.Name });
        _looked++;
    }

    private static IEnumerable<Observation> Meet(LockedPackage package, string text, AdvisoryData data, IAdvisories source)
    {
        if (!data.ByPackage.TryGetValue(package.Name, out var advisories)) yield break;
        foreach (var advisory in advisories)
        {
            // Of a range that cannot be read nobody knows whether it holds the version: that is said, and blocks nothing.
            var met = source.Meet(advisory.Range, package.Version);
            if (met is { IsHit: false }) continue;
            var level = met is null ? "unknown" : advisory.Level;
            yield return new Observation(
                advisory.Id, AdvisoryLevel.Severity(level), null, package.LineIn(text),
                AdvisoryLevel.Words(package.Name, package.Version, advisory.Title, met?.FixedIn), level)
            {
                Mark = package.Name, Package = package.Name,
            };
        }
    }

    /// <summary>What is known is of some time ago.</summary>
    internal static Observation Old(string source, string words)
        => new(CheckReport.OldData, Severity.Medium, null, null, PlainText.OneLine(words), CheckReport.OldData) { Mark = source };

    /// <summary>What would have to be there for a file of that kind to be looked at.</summary>
    private static string Missing(LockKind kind, string trivy)
    {
        var set = kind.Registry is { } registry
            ? $"set {AdvisorySources.SettingOf(registry)} for the advisories of {AdvisorySources.NameOf(registry)}"
            : null;
        return (set, kind.TrivyReads) switch
        {
            (null, _) => $"{trivy}, and nothing else knows about {kind.Name}",
            (_, false) => set,
            _ when trivy == Trivy.NotInstalled => $"{trivy}: install it, or {set}",
            _ => $"{trivy}, or {set}",
        };
    }

    private static string Count(int files) => files == 1 ? "1 lock file" : $"{files} lock files";

    /// <summary>A time as people read it.</summary>
    internal static string Date(DateTimeOffset time)
        => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";
}
