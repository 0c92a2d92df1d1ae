using Auxo.Contracts;

using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Auxo.Owners;

/// <summary>
/// Reads <c>people.yaml</c> from the parser's events, without a tree: however deep or often aliased a text is, it costs what it is long.
/// </summary>
internal sealed class PeopleReader
{
    private const int MostProblems = 100;
    private const int MostPeople = 10_000;
    private const int MostDepth = 16;
    private static readonly string[] Keys = ["did", "email", "channel", "members"];

    private readonly Parser _parser;
    private readonly List<Person> _people = [];
    private readonly List<OwnersProblem> _problems = [];

    private PeopleReader(string text) => _parser = new Parser(new StringReader(text));

    public static PeopleFile Read(string text)
    {
        var reader = new PeopleReader(text);
        try
        {
            reader.Read();
        }
        catch (YamlException e)
        {
            reader.Problem(e.Start, text.Split('\n').ElementAtOrDefault((int)e.Start.Line - 1)?.TrimStart() is ['@', ..]
                ? "a name cannot begin with '@' here: leave the '@' out"
                : $"this is no YAML: {(e.InnerException ?? e).Message.TrimEnd('.')}");
        }

        foreach (var person in reader._people)
        {
            foreach (var member in person.Members.Where(m => !reader._people.Exists(p => Same(p.Handle, m))))
                reader.Problem(person.Line, $"'{member}', a member of {person.Handle}, is not in the file");
        }

        return new PeopleFile(reader._people, [.. reader._problems.OrderBy(static p => p.Line)]);
    }

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);

    private void Read()
    {
        _parser.Consume<StreamStart>();
        if (!_parser.TryConsume<DocumentStart>(out _)) return;
        if (_parser.TryConsume<Scalar>(out var nothing))
        {
            if (nothing.Value.Length > 0) Problem(nothing.Start,
                "the file must be a mapping, such as 'alice:' with 'did: did:key:…' below it");
            return;
        }

        if (!_parser.TryConsume<MappingStart>(out _))
        {
            Problem(_parser.Current!.Start, "the file must be a mapping, such as 'alice:' with 'did: did:key:…' below it");
            return;
        }

        while (!_parser.TryConsume<MappingEnd>(out _) && _people.Count < MostPeople)
        {
            if (Text() is { Value: var handle } key) One(handle, key.Start);
            else Skip();
        }
    }

    private void One(string name, Mark at)
    {
        var handle = name.TrimStart('@');
        if (Owner.KindOf("@" + handle) is null) Problem(at,
            $"'{Shown(name)}' is no handle: letters, digits, '-', '_', '.' and, in groups, '/'");
        if (_people.Exists(p => Same(p.Handle, handle))) Problem(at, $"'{Shown(name)}' is there twice; the first counts");
        if (!_parser.TryConsume<MappingStart>(out _))
        {
            Problem(at, $"'{Shown(name)}' needs 'did', 'email' or 'channel' below it");
            Skip();
            return;
        }

        var fields = new Dictionary<string, IReadOnlyList<Scalar>>(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (Text() is not { } key)
            {
                Skip();
                continue;
            }

            if (!Keys.Contains(key.Value, StringComparer.Ordinal))
                Problem(key.Start, $"unknown key '{Shown(key.Value)}'; known are {string.Join(", ", Keys)}");
            fields.TryAdd(key.Value, Texts(key));
        }

        IReadOnlyList<Scalar> Of(string key) => fields.GetValueOrDefault(key) ?? [];
        _people.Add(new Person(
            handle, DidOf(Of("did")), [.. Of("email").Where(IsAddress).Select(static s => s.Value)],
                Of("channel") is [var channel, ..] ? channel.Value : null,
            [.. Of("members").Select(static s => s.Value.TrimStart('@'))], (int)at.Line));
    }

    private Did? DidOf(IReadOnlyList<Scalar> values)
    {
        if (values is not [var value, ..]) return null;
        if (Did.TryParse(value.Value, provider: null, out var did)) return did;
        Problem(value.Start, $"'{Shown(value.Value)}' is no DID; it looks like did:key:z6Mk…, as 'rad self --did' prints it");
        return null;
    }

    private bool IsAddress(Scalar value)
    {
        if (Owner.KindOf(value.Value) == OwnerKind.Email) return true;
        Problem(value.Start, $"'{Shown(value.Value)}' is no e-mail address");
        return false;
    }

    /// <summary>A key: null where something else stands, which is told.</summary>
    private Scalar? Text()
    {
        if (_parser.TryConsume<Scalar>(out var scalar)) return scalar;
        Problem(_parser.Current!.Start, "a key must be a text");
        Skip();
        return null;
    }

    /// <summary>A text or a list of texts.</summary>
    private List<Scalar> Texts(Scalar key)
    {
        if (_parser.TryConsume<Scalar>(out var one)) return one.Value.Length > 0 ? [one] : [];
        var many = new List<Scalar>();
        if (!_parser.TryConsume<SequenceStart>(out _))
        {
            Problem(key.Start, $"'{Shown(key.Value)}' must be a text or a list of texts");
            Skip();
            return many;
        }

        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            if (_parser.TryConsume<Scalar>(out var item)) many.Add(item);
            else Skip();
        }

        return many;
    }

    /// <summary>Goes over one node, whatever is in it. The parser gets slow with depth: nobody needs much of it here.</summary>
    private void Skip()
    {
        var depth = 0;
        do
        {
            var current = _parser.Consume<ParsingEvent>();
            depth += current.NestingIncrease;
            if (depth > MostDepth) throw new YamlException(current.Start, current.End, $"more than {MostDepth} levels deep");
        }
        while (depth > 0);
    }

    private static string Shown(string text) => text.Length > 60 ? text[..59] + "…" : text.ReplaceLineEndings(" ");

    private void Problem(Mark at, string message) => Problem((int)at.Line, message);

    private void Problem(int line, string message)
    {
        if (_problems.Count < MostProblems) _problems.Add(new OwnersProblem(line, IsError: true, message));
    }
}
