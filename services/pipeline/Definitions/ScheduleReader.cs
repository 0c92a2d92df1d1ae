using System.Text.RegularExpressions;

using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Definitions.Yaml;
using Auxo.Pipeline.Schedules.Scans;

using Cronos;

using YamlDotNet.RepresentationModel;

namespace Auxo.Pipeline.Definitions;

/// <summary>A schedule of the pipeline file, with its defaults filled in.</summary>
/// <param name="Name">Used once in the file; letters, digits, <c>.</c>, <c>-</c> and <c>_</c>.</param>
/// <param name="Cron">Five fields, or a macro such as <c>@daily</c>.</param>
/// <param name="Zone">The IANA name of the time zone; null for the machine's.</param>
/// <param name="Jitter">A build begins up to so much later.</param>
/// <param name="CatchUp">How late the newest slot may still be built.</param>
/// <param name="Branch">Whose newest head is built; null for the default branch.</param>
public sealed record ScheduleDefinition(string Name, string Cron, string? Zone, TimeSpan Jitter, TimeSpan CatchUp, string? Branch)
{
    /// <summary>The file has switched it off; only scans can be.</summary>
    public bool IsOff { get; init; }
}

/// <summary>Reads <c>schedules</c> of a pipeline file.</summary>
internal sealed class ScheduleReader(YamlKeys yaml)
{
    /// <summary>Of one file.</summary>
    public const int MaxSchedules = 20;

    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
    private static readonly TimeSpan DefaultCatchUp = TimeSpan.FromHours(24);
    private static readonly TimeSpan LeastCatchUp = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MostCatchUp = TimeSpan.FromDays(31);
    private static readonly Regex ScheduleName = new(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}\z", Linear);

    /// <summary>No dots and no leading slash: the name becomes a path in the folder of time zones.</summary>
    private static readonly Regex ZoneName = new(@"^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}\z", Linear);

    /// <summary>The schedules in the order of the file.</summary>
    public IReadOnlyList<ScheduleDefinition> Read(YamlNode node)
    {
        var schedules = new List<ScheduleDefinition>();
        foreach (var (name, value) in yaml.Keys(node))
        {
            if (!ScheduleName.IsMatch(name))
                yaml.Problem(value, $"'{PlainText.OneLine(name, 60)}' is no schedule name: letters, digits, '.', '-' and '_', "
                    + "at most 60, beginning with a letter or digit");
            else if (One(name, value) is { } schedule) schedules.Add(schedule);
        }

        if (schedules.Count > MaxSchedules) yaml.Problem(node, $"more than {MaxSchedules} schedules");
        return schedules;
    }

    private ScheduleDefinition? One(string name, YamlNode node)
    {
        if (Scan.Find(name) is { } scan) return OfScan(scan.Usual, node);
        var keys = yaml.Keys(node, "cron", "zone", "jitter", "catch-up", "branch");
        if (!keys.TryGetValue("cron", out var when))
        {
            if (node is YamlMappingNode) yaml.Problem(node, $"the schedule '{name}' needs a 'cron', such as \"0 2 * * *\"");
            return null;
        }

        return Times(new ScheduleDefinition(
            name, yaml.Text(when, "cron"), Zone: null, TimeSpan.Zero, DefaultCatchUp,
            keys.TryGetValue("branch", out var branch) ? yaml.Text(branch, "branch") : null), keys, when);
    }

    /// <summary><c>on</c>, <c>off</c>, or other times for it; what it looks at, and where, is its own.</summary>
    private ScheduleDefinition OfScan(ScheduleDefinition usual, YamlNode node)
    {
        if (node is YamlMappingNode)
        {
            var keys = yaml.Keys(node, "cron", "zone", "jitter", "catch-up");
            var when = keys.GetValueOrDefault("cron");
            return Times(when is null ? usual : usual with { Cron = yaml.Text(when, "cron") }, keys, when ?? node);
        }

        if (node is not YamlScalarNode { Value: "on" or "off" })
            yaml.Problem(node, $"'{usual.Name}' is a scan of Auxo's own: write on, off, or other times such as {{ cron: \"0 5 * * *\" }}");
        return usual with { IsOff = node is YamlScalarNode { Value: "off" } };
    }

    /// <summary>What the keys say of its times.</summary>
    private ScheduleDefinition Times(ScheduleDefinition schedule, Dictionary<string, YamlNode> keys, YamlNode when)
    {
        var shortest = Shortest(when, schedule.Cron);
        var zone = keys.TryGetValue("zone", out var where) ? Zone(where, yaml.Text(where, "zone")) : null;
        var jitter = schedule.Jitter < shortest ? schedule.Jitter : TimeSpan.Zero;
        if (keys.TryGetValue("jitter", out var spread))
        {
            if (PipelineFileReader.ParseDuration(yaml.Text(spread, "jitter")) is { } duration && duration < shortest) jitter = duration;
            else yaml.Problem(spread, "'jitter' must be a duration that is shorter than the time from one run to the next, such as 10m");
        }

        var late = schedule.CatchUp;
        if (keys.TryGetValue("catch-up", out var limit))
        {
            if (PipelineFileReader.ParseDuration(yaml.Text(limit, "catch-up")) is { } duration
                && duration >= LeastCatchUp && duration <= MostCatchUp) late = duration;
            else yaml.Problem(limit, "'catch-up' must be a duration between 5m and 744h, such as 24h");
        }

        return schedule with { Zone = zone, Jitter = jitter, CatchUp = late };
    }

    /// <summary>The shortest time from one slot to the next in the next two years or so; what is no cron is a problem.</summary>
    private TimeSpan Shortest(YamlNode node, string cron)
    {
        if (cron.Length == 0) return TimeSpan.MaxValue;
        if (!CronExpression.TryParse(cron, out var expression))
        {
            yaml.Problem(node, $"'{PlainText.OneLine(cron, 60)}' is no cron: minute, hour, day of the month, month and day of the week, "
                + "such as \"0 2 * * *\" for 02:00 every day");
            return TimeSpan.MaxValue;
        }

        // Any years do, a leap year among them. 800 days of a daily schedule, a day of one that runs every other minute.
        var begin = new DateTime(2027, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var slots = expression.GetOccurrences(begin, begin.AddYears(8)).Take(800).ToList();
        if (slots.Count == 0) yaml.Problem(node, $"'{PlainText.OneLine(cron, 60)}' never comes; there is no such day");
        var shortest = slots.Count < 2 ? TimeSpan.MaxValue : slots.Zip(slots.Skip(1), static (a, b) => b - a).Min();
        if (shortest < TimeSpan.FromMinutes(1)) yaml.Problem(node, "a schedule runs at most once a minute");
        return shortest;
    }

    private string? Zone(YamlNode node, string zone)
    {
        if (zone.Length == 0 || ZoneName.IsMatch(zone) && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _)) return zone;
        var near = YamlKeys.Nearest(zone, TimeZoneInfo.GetSystemTimeZones().Select(static known => known.Id));
        yaml.Problem(node, $"'{PlainText.OneLine(zone, 60)}' is no time zone that this machine knows; "
            + (near is null ? "name one such as Europe/Berlin or UTC" : $"did you mean '{near}'?"));
        return null;
    }
}
