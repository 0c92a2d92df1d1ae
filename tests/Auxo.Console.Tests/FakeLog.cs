using System.Text;
using System.Text.Json;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Auxo.Console.Tests;

/// <summary>A log of a step as the pipeline answers it: whole lines, by number, by search, and followed while it is written.</summary>
internal sealed class FakeLog
{
    private static readonly DateTimeOffset Begin = new(2026, 11, 23, 11, 58, 1, TimeSpan.Zero);
    private readonly List<string> _lines = [];
    private readonly SemaphoreSlim _grown = new(0);
    private bool _complete;

    /// <summary>What <c>/outline</c> answers.</summary>
    public string Outline { get; init; } = """{"groups":[],"firstError":null}""";

    /// <summary>Prints lines.</summary>
    public FakeLog Print(params IEnumerable<string> lines)
    {
        lock (_lines) _lines.AddRange(lines);
        _grown.Release();
        return this;
    }

    /// <summary>Ends it.</summary>
    public FakeLog End()
    {
        _complete = true;
        _grown.Release();
        return this;
    }

    /// <summary>Answers.</summary>
    public void Map(IEndpointRouteBuilder app)
    {
        const string route = "/pipeline/builds/{id}/logs/{step}";
        app.MapGet(route + "/lines", (long from, int count) => FakeAuxo.Json(Lines(from, count)));
        app.MapGet(route + "/outline", () => FakeAuxo.Json(Outline));
        app.MapGet(route + "/search", (string q, long from, int limit) => FakeAuxo.Json(Search(q, from, limit)));
        app.MapGet(route + "/bytes", FollowAsync);
    }

    private string Lines(long from, int count)
    {
        lock (_lines)
        {
            var first = from > 0 ? from : Math.Max(1, _lines.Count + 1 + from);
            var end = _lines.Take((int)first - 1).Sum(static l => Encoding.UTF8.GetByteCount(l) + 1L);
            var some = _lines.Skip((int)first - 1).Take(count).Select((text, i) =>
            {
                var offset = end;
                end += Encoding.UTF8.GetByteCount(text) + 1;
                return new { number = first + i, offset, at = Begin.AddSeconds(first + i), text, cutBytes = 0 };
            }).ToList();
            return JsonSerializer.Serialize(new
            {
                lines = some, total = _lines.Count, end, isUnfinished = false, isComplete = _complete,
            });
        }
    }

    private string Search(string query, long from, int limit)
    {
        lock (_lines)
        {
            var found = _lines.Select(static (text, i) => (Number: i + 1, Text: text))
                .Where(l => l.Number >= from && l.Text.Contains(query, StringComparison.OrdinalIgnoreCase)).Take(limit + 1).ToList();
            return JsonSerializer.Serialize(new
            {
                lines = found.Take(limit).Select(static l => new { number = l.Number, text = l.Text }),
                next = found.Count > limit ? found[limit].Number : (int?)null,
            });
        }
    }

    private async Task FollowAsync(long after, HttpContext http)
    {
        http.Response.ContentType = "text/plain; charset=utf-8";
        await http.Response.Body.FlushAsync();
        for (var sent = after;;)
        {
            byte[] more;
            lock (_lines) more = Encoding.UTF8.GetBytes(string.Concat(_lines.Select(static l => l + "\n")))[(int)sent..];
            sent += more.Length;
            await http.Response.Body.WriteAsync(more, http.RequestAborted);
            if (_complete) return;
            await _grown.WaitAsync(http.RequestAborted);
        }
    }
}
