using System.Text.Json.Serialization;

using Refit;

namespace Auxo.Api;

/// <summary>What a part of Auxo says of what it needs.</summary>
public interface IDiagnosis
{
    /// <summary>Looks now.</summary>
    [Get("diagnosis")]
    Task<Page<Diagnosis>> LookAsync(CancellationToken ct);
}

/// <summary>What was looked at and what was found: <c>fine</c>, <c>warning</c> or <c>trouble</c>.</summary>
public sealed record Diagnosis(string Name, [property: JsonConverter(typeof(Word))] string State, string Text, string? Next = null);

/// <summary>What an operator may choose of a service, and what counts now.</summary>
public interface ISettings
{
    /// <summary>All of them, in the service's order.</summary>
    [Get("settings")]
    Task<Page<Setting>> SettingsAsync(CancellationToken ct);
}

/// <summary>A setting as it counts in a running service.</summary>
/// <param name="Variable">The environment variable of <c>./auxo up</c>.</param>
/// <param name="About">What it is about: <c>steps</c>, <c>kept</c>, <c>network</c>, <c>disk</c>, <c>node</c>.</param>
/// <param name="Meaning">What it decides, on one line.</param>
/// <param name="Value">What holds now; in words where it is not set.</param>
/// <param name="IsSet">Whether the operator chose it.</param>
public sealed record Setting(string Variable, string About, string Meaning, string Value, bool IsSet);

/// <summary>What of the past of a repository shall be counted.</summary>
public sealed record BackfillRequest(DateTimeOffset? Since, bool HeadsWereLive, bool DryRun);

/// <summary>What there is of it: heads of the default branch, the commits that came with them, patches; <c>Told</c> unless it was a dry
/// run.</summary>
public sealed record Backfilled(int Heads, int Commits, int Patches, int Merges, DateTimeOffset? From, DateTimeOffset? To, bool Told);
