using System.Text;

using Auxo.Contracts;

namespace Auxo.Owners;

/// <summary><c>.auxo/people.yaml</c>: who is behind a handle. Reading it never fails; what cannot be read is a problem.</summary>
public sealed class PeopleFile
{
    /// <summary>Where it lies.</summary>
    public const string Path = ".auxo/people.yaml";

    /// <summary>A larger one is not read.</summary>
    public const int MostBytes = 1 << 20;

    private readonly Dictionary<string, Person> _byHandle = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Person> _byEmail = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<Did, Person> _byDid = [];

    internal PeopleFile(IReadOnlyList<Person> people, IReadOnlyList<OwnersProblem> problems)
    {
        (People, Problems) = (people, problems);
        foreach (var person in people)
        {
            _byHandle.TryAdd(person.Handle, person);
            if (person.Did is { } did) _byDid.TryAdd(did, person);
            foreach (var email in person.Emails) _byEmail.TryAdd(email, person);
        }
    }

    /// <summary>Nobody is known.</summary>
    public static PeopleFile Empty { get; } = new([], []);

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<Person> People { get; }

    /// <summary>What is wrong in it, in order.</summary>
    public IReadOnlyList<OwnersProblem> Problems { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="content">Its bytes, in UTF-8.</param>
    public static PeopleFile Read(ReadOnlySpan<byte> content)
        => content.Length > MostBytes
            ? new PeopleFile([], [new OwnersProblem(0, IsError: true, $"it is larger than {MostBytes >> 20} MiB and is not read")])
            : PeopleReader.Read(Encoding.UTF8.GetString(content));

    /// <summary>Who is behind an owner; null when the file does not say.</summary>
    /// <param name="owner">As CODEOWNERS has it: <c>@alice</c>, <c>@org/team</c>, an address or a DID.</param>
    public Person? Find(string owner) => Owner.KindOf(owner) switch
    {
        OwnerKind.Handle or OwnerKind.Group or OwnerKind.Role => _byHandle.GetValueOrDefault(owner.TrimStart('@')),
        OwnerKind.Email => _byEmail.GetValueOrDefault(owner),
        OwnerKind.Did when Did.TryParse(owner, provider: null, out var did) => _byDid.GetValueOrDefault(did),
        _ => null,
    };

    /// <summary>Who has this address; null when the file does not say.</summary>
    public Person? FindEmail(string email) => _byEmail.GetValueOrDefault(email);

    /// <summary>The people that an owner stands for: a group's members, those of groups in it included; else the person.</summary>
    /// <param name="owner">As CODEOWNERS has it.</param>
    public IReadOnlyList<Person> Members(string owner)
    {
        var people = new List<Person>();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var next = new Queue<Person>();
        if (Find(owner) is { } first) next.Enqueue(first);
        while (next.TryDequeue(out var person))
        {
            if (!seen.Add(person.Handle)) continue;
            if (!person.IsGroup) people.Add(person);
            foreach (var member in person.Members)
            {
                if (_byHandle.TryGetValue(member, out var known)) next.Enqueue(known);
            }
        }

        return people;
    }
}
