using System.Globalization;
using System.Text;

using Auxo.Contracts;
using Auxo.Git;

namespace Auxo.Radicle;

/// <summary>A git commit, parsed from its raw bytes.</summary>
/// <param name="Tree">The tree's id.</param>
/// <param name="Parents">In order.</param>
/// <param name="AuthorName">The name a person gave himself: for display only.</param>
/// <param name="AuthoredAt">Author time, whole seconds.</param>
/// <param name="CommittedAt">Committer time, whole seconds; Radicle's time of an operation.</param>
/// <param name="Signature">The <c>gpgsig</c> header with its line ends; null when unsigned.</param>
/// <param name="Message">The whole message.</param>
public sealed record CommitObject(
    CommitId Tree, IReadOnlyList<CommitId> Parents, string AuthorName, DateTimeOffset AuthoredAt,
    DateTimeOffset CommittedAt, string? Signature, string Message)
{
    private static readonly DateTimeOffset LatestTime = DateTimeOffset.UnixEpoch.AddYears(2000);

    /// <summary>The first line of the message, in the encoding that the commit says it has; for display only.</summary>
    public string Title { get; init; } = FirstLine(Message);

    /// <summary>Parses the content of a commit object.</summary>
    /// <exception cref="CobFormatException">The bytes are no commit, or it has two signatures.</exception>
    public static CommitObject Parse(ReadOnlySpan<byte> data)
    {
        var text = Encoding.UTF8.GetString(data);
        string? encoding = null;
        var end = text.IndexOf("\n\n", StringComparison.Ordinal);
        var header = end < 0 ? text.TrimEnd('\n') : text[..end];
        CommitId? tree = null;
        var parents = new List<CommitId>();
        string? author = null, committer = null;
        StringBuilder? signature = null;
        var inSignature = false;
        foreach (var line in header.Split('\n'))
        {
            if (line.StartsWith(' '))
            {
                if (inSignature) signature!.Append('\n').Append(line.AsSpan(1));
                continue;
            }

            inSignature = false;
            var (name, value) = line.IndexOf(' ', StringComparison.Ordinal) is > 0
                and var space ? (line[..space], line[(space + 1)..]) : (line, "");
            switch (name)
            {
                case "tree": tree = Oid(value); break;
                case "parent": parents.Add(Oid(value)); break;
                case "author": author ??= value; break;
                case "committer": committer ??= value; break;
                case "encoding": encoding = value; break;
                case "gpgsig" when signature is not null: throw new CobFormatException("The commit has more than one signature.");
                case "gpgsig":
                    signature = new StringBuilder(value);
                    inSignature = true;
                    break;
                default: break;
            }
        }

        if (tree is null || author is null || committer is null) throw new CobFormatException("The object is no commit.");
        var commit = new CommitObject(
            tree.Value, parents, Name(author), Time(author), Time(committer), signature?.ToString(), end < 0 ? "" : text[(end + 2)..]);
        return encoding is null ? commit : commit with
        {
            AuthorName = Name(OutsideText.Decode(Between(data, "\nauthor "u8, "\n"u8), encoding)),
            Title = FirstLine(OutsideText.Decode(Between(data, "\n\n"u8, []), encoding)),
        };
    }

    /// <summary>The values of a trailer (<c>Rad-Related: …</c>) in the last paragraph of the message.</summary>
    public IEnumerable<string> Trailers(string name)
    {
        var lines = Message.TrimEnd().Split('\n');
        for (var i = lines.Length - 1; i >= 0 && lines[i].Trim().Length > 0; i--)
        {
            var colon = lines[i].IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && lines[i].AsSpan(0, colon).Equals(name, StringComparison.Ordinal)) yield return lines[i][(colon + 1)..].Trim();
        }
    }

    private static CommitId Oid(string text)
        => CommitId.TryParse(text, provider: null, out var id)
            ? id
            : throw new CobFormatException("The commit names an object id that is none.");

    private static ReadOnlySpan<byte> Between(ReadOnlySpan<byte> data, ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end)
    {
        if (data.IndexOf(begin) is not (>= 0 and var at)) return [];
        var rest = data[(at + begin.Length)..];
        return !end.IsEmpty && rest.IndexOf(end) is >= 0 and var length ? rest[..length] : rest;
    }

    private static string FirstLine(string message) => message.AsSpan().TrimStart().ToString().Split('\n', 2)[0].TrimEnd();

    private static string Name(string person)
        => person.IndexOf('<', StringComparison.Ordinal) is >= 0 and var bracket ? person[..bracket].Trim() : "";

    private static DateTimeOffset Time(string person)
    {
        var parts = person[(person.LastIndexOf('>') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length > 0 && long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
            && seconds >= 0 && seconds < LatestTime.ToUnixTimeSeconds()
                ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                : throw new CobFormatException("The commit has no usable time.");
    }
}
