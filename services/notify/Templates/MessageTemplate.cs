using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

using Auxo.Notify.Channels;
using Auxo.Notify.Chat;
using Auxo.Notify.Notifications;

using Fluid;
using Fluid.Values;

namespace Auxo.Notify.Templates;

/// <summary>What a template made of a notification.</summary>
/// <param name="Text">In the language of the channel; null when there is none.</param>
/// <param name="Problem">Why there is none, for people.</param>
public sealed record Rendered(string? Text, string? Problem);

/// <summary>
/// A channel's own form of its messages, in Liquid. It sees what a webhook is sent, as words and numbers and nothing of the program; it may
/// not loop for long, grow large or take long.
/// </summary>
public static class MessageTemplate
{
    /// <summary>The longest template.</summary>
    public const int MaxSource = 16 * 1024;

    private const int MaxSteps = 2000;
    private const int MaxValue = 16 * 1024;
    private const int MaxList = 2000;
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(500);
    private static readonly FluidParser Parser = new(new FluidParserOptions { AllowFunctions = false, AllowParentheses = false });
    private static readonly TemplateOptions Options = MakeOptions();

    /// <summary>How many characters of it a channel takes.</summary>
    public static int Room(ChannelKind kind) => kind switch
    {
        ChannelKind.Email => 200_000, ChannelKind.Matrix => 15_000, ChannelKind.Webhook => 18_000, ChannelKind.Teams => 12_000,
        ChannelKind.Discord => 4000, ChannelKind.Slack => 2900, ChannelKind.Ntfy => 1300, _ => 500,
    };

    /// <summary>What is wrong with a template, with the line; null when it can be read.</summary>
    public static string? Refuse(string source)
        => source.Length == 0 ? "it is empty"
            : source.Length > MaxSource ? $"it is longer than {MaxSource:N0} characters"
            : source.Contains('\0', StringComparison.Ordinal) ? "it holds a character that no text has"
            : TemplateScan.Refuse(source) ?? Parse(source, out _);

    /// <summary>
    /// Puts a notification into the form. Whatever goes wrong, the built-in form can be sent instead: nothing is thrown.
    /// </summary>
    /// <param name="source">The template.</param>
    /// <param name="n">What is sent.</param>
    /// <param name="kind">The channel.</param>
    /// <param name="isMarkdown">Whether the channel, though of the kind Slack, reads Markdown.</param>
    /// <param name="time">The clock that limits it.</param>
    public static Rendered Render(string source, Notification n, ChannelKind kind, bool isMarkdown, TimeProvider time)
    {
        if (Refuse(source) is { } refused) return new Rendered(null, refused);
        Parse(source, out var template);
        using var clock = new CancellationTokenSource(Limit, time);
        var writer = new Cut(Room(kind), clock.Token);
        try
        {
            var context = new TemplateContext(Options, StringComparer.Ordinal);
            foreach (var (name, value) in Model(n)) context.SetValue(name, FluidValue.Create(value, Options));
            // Nothing in it waits: without a file, a network or a clock it is done when it returns.
            var rendering = template!.RenderAsync(writer, context, MarkupEncoder.Of(kind, isMarkdown));
            if (!rendering.IsCompleted) return new Rendered(null, "it did not end");
            rendering.GetAwaiter().GetResult();
            var text = writer.ToString().Trim();
            return text.Length == 0 ? new Rendered(null, "it gave nothing")
                : kind == ChannelKind.Webhook && !IsObject(text) ? new Rendered(null, "what it gave is no JSON object")
                : new Rendered(text, null);
        }
        catch (TooLargeException e)
        {
            return new Rendered(null, e.Message);
        }
        catch (OperationCanceledException)
        {
            return new Rendered(null, $"it took longer than {Limit.TotalMilliseconds:0} ms");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Of the limit of steps the engine says that it was one of recursion, which no template here can have.
            return new Rendered(null, Find<TooLargeException>(e)?.Message ?? (e.Message.Contains("recursion",
                StringComparison.OrdinalIgnoreCase)
                ? $"it takes more than {MaxSteps:N0} steps"
                : Notification.Line(e.Message, 200)));
        }
    }

    private static string? Parse(string source, out IFluidTemplate? template)
    {
        try
        {
            return Parser.TryParse(source, out template, out var error) ? null : Placed(error);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            template = null;
            return Notification.Line(e.Message, 200);
        }
    }

    /// <summary>The engine gives the place as <c>(line:character)</c>, and sometimes the text behind it, on further lines.</summary>
    private static string Placed(string error)
    {
        var first = error.Split('\n')[0];
        var open = first.LastIndexOf('(');
        return open > 0 && first.IndexOf(':', open) is > 0 and var colon && first.IndexOf(')', colon) is > 0 and var close
            && int.TryParse(first.AsSpan(open + 1, colon - open - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var line)
                ? Notification.Line(
                    $"line {line}, character {first[(colon + 1)..close]}: "
                        + first[..open].Replace(" at ", "", StringComparison.Ordinal).Trim())
                : Notification.Line(first);
    }

    /// <summary>What a webhook is sent, and the parts of a card.</summary>
    private static IEnumerable<(string Name, object? Value)> Model(Notification n)
    {
        var card = Card.Of(n);
        var data = JsonSerializer.SerializeToNode(
            n with { Report = n.Report is { } r ? r with { Html = null } : null }, HttpJson.Wire.Notification)!.AsObject();
        foreach (var (name, value) in data) yield return (name, Plain(value));
        yield return ("url", card.Url?.AbsoluteUri);
        yield return ("time", n.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture));
        yield return ("mark", card.Mark);
        yield return ("lines", card.Shown.Cast<object>().ToList());
        yield return ("fields", card.Fields.Select(static f => (object)new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["name"] = f.Name, ["value"] = f.Value,
        }).ToList());
    }

    private static object? Plain(JsonNode? node) => node switch
    {
        JsonObject o => o.Take(MaxList).ToDictionary(static p => p.Key, static p => Plain(p.Value), StringComparer.Ordinal),
        JsonArray a => a.Take(MaxList).Select(Plain).ToList(),
        JsonValue v when v.GetValueKind() == JsonValueKind.Number => v.TryGetValue<decimal>(out var number) ? number : null,
        JsonValue v when v.GetValueKind() is JsonValueKind.True or JsonValueKind.False => v.GetValue<bool>(),
        JsonValue v => v.ToString(),
        _ => null,
    };

    private static TemplateOptions MakeOptions()
    {
        var options = new TemplateOptions
        {
            MaxSteps = MaxSteps, MaxRecursion = 50, StrictFilters = true, CultureInfo = CultureInfo.InvariantCulture,
            TimeZone = TimeZoneInfo.Utc, ModelNamesComparer = StringComparer.Ordinal,
            Assigned = static (_, value, _) => ValueTask.FromResult(Small(value)),
            Captured = static (_, value, _) => ValueTask.FromResult(Small(value)),
        };
        // These multiply: what they would give is known before they give it.
        options.Filters.AddFilter("replace", static (input, arguments, _) =>
        {
            var (text, old, with) = (input.ToStringValue(), arguments.At(0).ToStringValue(), arguments.At(1).ToStringValue());
            if (old.Length == 0) return input;
            var many = text.AsSpan().Count(old);
            return (long)text.Length + ((long)many * with.Length) > MaxValue
                ? throw new TooLargeException()
                : new StringValue(text.Replace(old, with, StringComparison.Ordinal));
        });
        options.Filters.AddFilter("join", static (input, arguments, context) =>
        {
            var (joined, between) = (new StringBuilder(), arguments.At(0).Or(new StringValue(" ")).ToStringValue());
            foreach (var value in input.Enumerate(context))
            {
                if (joined.Length > 0) joined.Append(between);
                if (joined.Append(value.ToStringValue()).Length > MaxValue) throw new TooLargeException();
            }

            return new StringValue(joined.ToString());
        });
        options.Filters.AddFilter("append", static (input, arguments, _) => Small(new StringValue(input.ToStringValue() + arguments
            .At(0).ToStringValue())));
        options.Filters.AddFilter("prepend", static (input, arguments, _) => Small(new StringValue(arguments.At(0)
            .ToStringValue() + input.ToStringValue())));
        return options;
    }

    private static FluidValue Small(FluidValue value)
        => value is StringValue text && text.ToStringValue().Length > MaxValue ? throw new TooLargeException() : value;

    private static bool IsObject(string text)
    {
        try
        {
            return JsonNode.Parse(text) is JsonObject;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static T? Find<T>(Exception? e)
        where T : Exception
    {
        while (e is not null and not T) e = e.InnerException;
        return (T?)e;
    }

    private sealed class TooLargeException : Exception
    {
        public TooLargeException(int? room = null)
            : base(room is null
                ? $"a value in it grows beyond {MaxValue:N0} characters"
                : string.Create(CultureInfo.InvariantCulture, $"it gives more than the {room:N0} characters that the channel takes"))
        {
        }
    }

    /// <summary>Takes so much and no more, and looks at the clock.</summary>
    private sealed class Cut(int room, CancellationToken late) : TextWriter
    {
        private readonly StringBuilder _text = new();

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => Write([value]);

        public override void Write(string? value) => Write((value ?? "").AsSpan());

        public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

        public override void Write(ReadOnlySpan<char> buffer)
        {
            late.ThrowIfCancellationRequested();
            if (_text.Length + buffer.Length > room) throw new TooLargeException(room);
            _text.Append(buffer);
        }

        // The base class would do these on another thread.
        public override Task WriteAsync(char value)
        {
            Write(value);
            return Task.CompletedTask;
        }

        public override Task WriteAsync(string? value)
        {
            Write(value);
            return Task.CompletedTask;
        }

        public override Task WriteAsync(char[] buffer, int index, int count)
        {
            Write(buffer, index, count);
            return Task.CompletedTask;
        }

        public override Task WriteAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return Task.CompletedTask;
        }

        public override Task FlushAsync() => Task.CompletedTask;

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override string ToString() => _text.ToString();
    }
}
