using System.Globalization;

using Auxo.Pipeline.Builds;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

using Npgsql;

namespace Auxo.Pipeline.Findings.Listing;

/// <summary>
/// <c>GET /findings?rid=&amp;state=&amp;severity=&amp;check=&amp;limit=&amp;after=</c>: the findings of a repository's default
/// branch, by cursor. <c>severity</c> may stand there several times; without a <c>state</c> the open ones.
/// </summary>
public static class ListFindings
{
    private const int LatelyDays = 30;

    private const string Page =
        """
        select to_jsonb(f)::text from pipeline.findings f
        where rid = $1 and ($2::text is null or check_name = $2)
            and (cardinality($3::smallint[]) = 0 or severity = any ($3))
        """;

    private const string IsAccepted = "(accepted_by is not null and (accepted_until is null or accepted_until >= $4))";

    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/findings", HandleAsync).WithName("ListFindings").RequireScopeOrPublic("pipeline:read");

    private static async Task<Results<Ok<FindingPage>, ProblemHttpResult>> HandleAsync(
        Rid rid, NpgsqlDataSource database, FindingsStore findings, TimeProvider time, CancellationToken ct,
        string? state = null, [FromQuery] string[]? severity = null, string? check = null, int limit = 50, string? after = null)
    {
        if (Word<FindingState>((state ?? nameof(FindingState.Open)).Replace("-", "", StringComparison.Ordinal)) is not { } asked)
            return AuxoProblem.BadRequest("request/invalid-state", "'state' is open, fixed, accepted or false-alarm.");
        var severities = (severity ?? []).Select(Word<Severity>).ToList();
        if (severities.Contains(null))
            return AuxoProblem.BadRequest(
                "request/invalid-severity", "'severity' is critical, high, medium, low or info.");
        if (limit is < 1 or > 200)
            return AuxoProblem.BadRequest("request/invalid-limit", "'limit' must be between 1 and 200.");
        var cursor = Cursor.Read(after);
        if (after is not null && cursor is null)
            return AuxoProblem.BadRequest("request/invalid-after", "'after' must be the 'next' of the page before.");
        if (!await IsRepositoryAsync(database, rid, ct))
            return AuxoProblem.NotFound(
                "repository/unknown", $"{rid} is not tracked; 'auxo repo track {rid}' does that.");

        var now = time.GetUtcNow();
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        await using var command = database.CreateCommand(asked switch
        {
            FindingState.Fixed =>
                $"""
                {Page} and is_fixed and $4::date is not null and $5::smallint is not null
                    and ($7::text = '' or (fixed_at, id) < ($6, $7))
                order by fixed_at desc, id desc limit $8
                """,
            _ =>
                $"""
                {Page} and not is_fixed and {Asked(asked)}
                    and ($7::text = '' or (severity, open_since, id) < ($5::smallint, $6, $7))
                order by severity desc, open_since desc, id desc limit $8
                """,
        }).With(
            rid.Value, (object?)check ?? DBNull.Value,
            severities.Select(static one => (short)one!.Value).ToArray(), today, (short)(cursor?.Severity ?? Severity.Info),
            cursor?.At ?? now, cursor?.Id ?? "", limit + 1);
        var rows = await FindingsTable.ReadAsync(command, ct);
        var next = rows.Count > limit ? Cursor.Of(rows[limit - 1], asked).ToString() : null;
        var (counts, lately) = await CountAsync(database, rid, today, now, ct);
        var record = await findings.RecordAsync(rid, ct);
        return TypedResults.Ok(new FindingPage(
            [.. rows.Take(limit).Select(row => FindingResponse.Of(row, today))], next, counts, lately,
            [.. (record?.Looks ?? new Dictionary<string, CheckLook>())
                .OrderBy(static pair => pair.Key, StringComparer.Ordinal)
                .Select(static pair => FindingCheck.Of(pair.Key, pair.Value))]));
    }

    private static string Asked(FindingState state) => state switch
    {
        FindingState.Accepted => $"{IsAccepted} and not false_alarm",
        FindingState.FalseAlarm => $"{IsAccepted} and false_alarm",
        _ => $"not {IsAccepted}",
    };

    private static T? Word<T>(string text)
        where T : struct, Enum
        => Enum.TryParse<T>(text, ignoreCase: true, out var word) && char.IsAsciiLetter(text[0]) && Enum.IsDefined(word)
            ? word
            : null;

    private static async Task<bool> IsRepositoryAsync(NpgsqlDataSource database, Rid rid, CancellationToken ct)
    {
        await using var command = database
            .CreateCommand("select exists (select from pipeline.repositories where rid = $1)").With(rid.Value);
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    private static async Task<(IReadOnlyList<FindingCount> Counts, int FixedLately)> CountAsync(
        NpgsqlDataSource database, Rid rid, DateOnly today, DateTimeOffset now, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            select severity, (count(*) filter (where not is_fixed and not accepted))::int,
                (count(*) filter (where not is_fixed and accepted and not false_alarm))::int,
                (count(*) filter (where fixed_at >= $3))::int,
                (count(*) filter (where not is_fixed and accepted and false_alarm))::int
            from (
                select severity, is_fixed, false_alarm, case when is_fixed then fixed_at end as fixed_at,
                    accepted_by is not null and (accepted_until is null or accepted_until >= $2) as accepted
                from pipeline.findings where rid = $1) f
            group by severity order by severity desc
            """).With(rid.Value, today, now.AddDays(-LatelyDays));
        await using var reader = await command.ExecuteReaderAsync(ct);
        var (counts, lately) = (new List<FindingCount>(), 0);
        while (await reader.ReadAsync(ct))
        {
            lately += reader.GetInt32(3);
            var count = new FindingCount((Severity)reader.GetInt16(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetInt32(4));
            if (count is not { Open: 0, Accepted: 0, FalseAlarms: 0 }) counts.Add(count);
        }

        return (counts, lately);
    }

    /// <summary>Where a page ends: by what its list is sorted.</summary>
    private sealed record Cursor(Severity Severity, DateTimeOffset At, string Id)
    {
        public static Cursor Of(TrackedFinding last, FindingState state)
            => new(last.Severity, state == FindingState.Fixed && last.FixedAt is { } at ? at : last.OpenSince, last.Id);

        public static Cursor? Read(string? text)
            => text?.Split('-') is [var severity, var ticks, { Length: > 0 } id]
                && short.TryParse(severity, NumberStyles.None, CultureInfo.InvariantCulture, out var rank)
                && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
                && at <= DateTimeOffset.MaxValue.Ticks
                ? new Cursor((Severity)rank, new DateTimeOffset(at, TimeSpan.Zero), id)
                : null;

        public override string ToString()
            => string.Create(CultureInfo.InvariantCulture, $"{(int)Severity}-{At.UtcTicks}-{Id}");
    }
}
