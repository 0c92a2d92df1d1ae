using System.Globalization;

namespace Auxo.Notify.Times;

/// <summary>What is wrong in a text, where, and what may stand there.</summary>
/// <param name="Position">The character, from 1.</param>
/// <param name="Problem">For people.</param>
public sealed record SyntaxProblem(int Position, string Problem);

/// <summary>
/// Hours of the day, on certain days, in a zone: <c>mon-fri 08:00-18:00 Europe/Berlin</c>. One that ends before it begins goes on into the
/// next day, and the day is that of its begin.
/// </summary>
/// <param name="Days">Bit 0 is Sunday.</param>
/// <param name="From">Minutes after midnight, from 0.</param>
/// <param name="To">Minutes after midnight, to 1440; the first that no longer belongs to it.</param>
/// <param name="Zone">Whose clocks.</param>
public sealed record TimeWindow(byte Days, int From, int To, TimeZoneInfo Zone)
{
    private const int Day = 24 * 60;
    private const byte EveryDay = 0b111_1111;
    private static readonly string[] Names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    /// <summary>Reads one; null, and what is wrong, when it is none.</summary>
    /// <param name="text">Such as <c>22:00-07:00</c>.</param>
    /// <param name="usual">The zone where the text names none.</param>
    /// <param name="problem">What is wrong.</param>
    public static TimeWindow? Parse(string text, TimeZoneInfo usual, out SyntaxProblem? problem)
    {
        problem = text.Length > 200 ? new SyntaxProblem(201, "it is longer than 200 characters") : null;
        if (problem is not null) return null;
        var words = Words(text);
        var next = 0;
        byte days = EveryDay;
        if (next < words.Count && words[next].Text.Length > 0 && char.IsAsciiLetter(words[next].Text[0]))
        {
            if (ReadDays(words[next], out problem) is not { } given) return null;
            (days, next) = (given, next + 1);
        }

        if (next >= words.Count)
        {
            problem = new SyntaxProblem(text.Length + 1, "here stand hours, such as 08:00-18:00");
            return null;
        }

        var (from, to) = ReadHours(words[next++], out problem);
        if (problem is not null) return null;
        var zone = usual;
        if (next < words.Count)
        {
            if (LocalTime.Zone(words[next].Text) is not { } named)
            {
                problem = new SyntaxProblem(
                    words[next].At,
                    $"this machine knows no zone '{Shown(words[next].Text)}'; here may stand one such as Europe/Berlin or UTC");
                return null;
            }

            (zone, next) = (named, next + 1);
        }

        if (next >= words.Count) return new TimeWindow(days, from, to, zone);
        problem = new SyntaxProblem(words[next].At, $"'{Shown(words[next].Text)}' is too much; behind the zone stands nothing");
        return null;
    }

    /// <summary>Whether the clock of its zone shows a time within it.</summary>
    public bool Contains(DateTimeOffset at) => BeginOf(LocalTime.Wall(at, Zone)) is not null;

    /// <summary>When the window that holds this moment ends; null when none does.</summary>
    public DateTimeOffset? EndAfter(DateTimeOffset at)
    {
        at = LocalTime.Sane(at);
        if (BeginOf(LocalTime.Wall(at, Zone)) is not { } day) return null;
        var end = day.AddDays(To <= From || To == Day ? 1 : 0);
        return LocalTime.NextAfter(at, end, TimeOnly.MinValue.AddMinutes(To % Day), Zone);
    }

    /// <summary>The day on which the window began that the wall's time lies in.</summary>
    private DateOnly? BeginOf(DateTime wall)
    {
        var (day, minute) = (DateOnly.FromDateTime(wall), (int)wall.TimeOfDay.TotalMinutes);
        if (minute >= From && (To > From ? minute < To : minute < Day) && Has(day)) return day;
        return To <= From && minute < To && Has(day.AddDays(-1)) ? day.AddDays(-1) : null;
    }

    private bool Has(DateOnly day) => (Days & (1 << (int)day.DayOfWeek)) != 0;

    private static byte? ReadDays((string Text, int At) word, out SyntaxProblem? problem)
    {
        var (days, at) = ((byte)0, word.At);
        foreach (var part in word.Text.Split(','))
        {
            var ends = part.Split('-');
            var (first, last) = (Index(ends[0]), Index(ends[^1]));
            if (first < 0 || last < 0 || ends.Length > 2)
            {
                var wrong = at + (first < 0 ? 0 : ends[0].Length + 1);
                problem = new SyntaxProblem(
                    wrong,
                    $"'{Shown(first < 0 ? ends[0] : ends[^1])}' is no day; here may stand "
                        + string.Join(", ", Names) + ", such as mon-fri or sat,sun");
                return null;
            }

            for (var day = first; ; day = (day + 1) % 7)
            {
                days |= (byte)(1 << day);
                if (day == last) break;
            }

            at += part.Length + 1;
        }

        problem = null;
        return days;
    }

    private static (int From, int To) ReadHours((string Text, int At) word, out SyntaxProblem? problem)
    {
        problem = null;
        var dash = word.Text.IndexOf('-', StringComparison.Ordinal);
        var from = dash < 0 ? -1 : Minutes(word.Text[..dash]);
        var to = dash < 0 ? -1 : Minutes(word.Text[(dash + 1)..]);
        if (dash < 0) problem = new SyntaxProblem(word.At, $"'{Shown(word.Text)}' are no hours; here may stand such as 08:00-18:00");
        else if (from is < 0 or Day)
            problem = new SyntaxProblem(word.At, $"'{Shown(word.Text[..dash])}' is no time; here may stand 00:00 to 23:59");
        else if (to < 0)
            problem = new SyntaxProblem(
                word.At + dash + 1, $"'{Shown(word.Text[(dash + 1)..])}' is no time; here may stand 00:00 to 24:00");
        else if (from == to)
            problem = new SyntaxProblem(word.At, "it ends when it begins; a whole day is 00:00-24:00");
        return (from, to);
    }

    private static int Minutes(string text)
        => text is [var h1, var h2, ':', var m1, var m2] && char.IsAsciiDigit(h1) && char.IsAsciiDigit(h2) && char.IsAsciiDigit(m1)
            && char.IsAsciiDigit(m2) && int.Parse(text.AsSpan(0, 2), CultureInfo.InvariantCulture) is var hours
            && int.Parse(text.AsSpan(3), CultureInfo.InvariantCulture) is var minutes && minutes < 60 && (hours * 60) + minutes <= Day
                ? (hours * 60) + minutes : -1;

    private static int Index(string name) => Array.FindIndex(Names, n => n.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static List<(string Text, int At)> Words(string text)
    {
        var words = new List<(string, int)>();
        for (var i = 0; i < text.Length;)
        {
            if (text[i] == ' ')
            {
                i++;
                continue;
            }

            var end = text.IndexOf(' ', i) is >= 0 and var space ? space : text.Length;
            words.Add((text[i..end], i + 1));
            i = end;
        }

        return words;
    }

    private static string Shown(string text) => Notifications.Notification.Line(text, 40);
}
