using Auxo.Api;
using Auxo.Cli.Output;
using Auxo.Locks;

namespace Auxo.Cli.Mirrors.Prefetching;

/// <summary>What became of the packages of a lock file; filled from several threads.</summary>
/// <param name="file">The lock file.</param>
/// <param name="mirror">The mirror.</param>
/// <param name="platform">For which platform.</param>
internal sealed class PrefetchReport(string file, string mirror, string platform)
{
    private const int MostNamed = 5;
    private readonly Lock _gate = new();
    private readonly List<(LockedPackage Package, string Why)> _failed = [];
    private int _fetched;
    private int _present;
    private int _nothing;

    /// <summary>Some could not be fetched.</summary>
    public bool HasFailed => _failed.Count > 0;

    /// <summary>One is done.</summary>
    public void Add(LockedPackage package, (Prefetched? Done, string? Why) result)
    {
        lock (_gate)
        {
            if (result.Done is not { } done) _failed.Add((package, result.Why ?? "no answer"));
            else if (done.Fetched > 0) _fetched++;
            else if (done.Present > 0) _present++;
            else _nothing++;
        }
    }

    /// <summary>Says it.</summary>
    public void Show(Terminal terminal)
    {
        var all = _fetched + _present + _nothing + _failed.Count;
        var failed = _failed.OrderBy(static f => f.Package.Name, StringComparer.Ordinal).ToList();
        if (terminal.Json)
        {
            terminal.WriteJson(new
            {
                file, repository = mirror, packages = all, fetched = _fetched, present = _present, nothingForPlatform = _nothing,
                failed = failed.Select(static f => new { package = f.Package.Name, version = f.Package.Version, why = f.Why }),
            });
            return;
        }

        terminal.Line($"{(HasFailed ? "[red]✗[/]" : "[green]✓[/]")} {Count(all)} of {Terminal.Safe(file)} "
            + $"in [bold]{Terminal.Safe(mirror)}[/]: "
            + $"{_fetched} fetched, {_present} already there, {_failed.Count} failed"
            + (_nothing > 0 ? $", {_nothing} with no file for {Terminal.Safe(platform)}." : "."));
        foreach (var reason in failed.GroupBy(static f => f.Why))
        {
            var names = string.Join(", ", reason.Take(MostNamed).Select(static f => $"{f.Package.Name}@{f.Package.Version}"));
            terminal.Line($"  {Terminal.Safe(names)}{(reason.Count() > MostNamed ? $" and {reason.Count() - MostNamed} more" : "")}");
            terminal.Line($"    {Terminal.Safe(reason.Key)}");
        }
    }

    private static string Count(int packages) => packages == 1 ? "1 package" : $"{packages} packages";
}
