using System.Formats.Asn1;
using System.Text;

namespace Auxo.Registry.Ldap.Protocol;

/// <summary>
/// The few requests of LDAP (RFC 4511) that are needed. A filter is built of attribute and value, never of text, so that there is nothing
/// in a name that could be taken for a part of a filter.
/// </summary>
internal static class LdapMessages
{
    private const string StartTlsName = "1.3.6.1.4.1.1466.20037";

    private enum SearchScope
    {
        WholeSubtree = 2,
    }

    private enum Aliases
    {
        NeverDereferenced = 0,
    }

    /// <summary>A bind by name and password.</summary>
    public static byte[] Bind(int id, string dn, string password) => Message(id, writer =>
    {
        using (writer.PushSequence(Application(0)))
        {
            writer.WriteInteger(3);
            Text(writer, dn);
            writer.WriteOctetString(Encoding.UTF8.GetBytes(password), new Asn1Tag(TagClass.ContextSpecific, 0));
        }
    });

    /// <summary>What lies under a place and has one of these values: attribute and value each.</summary>
    public static byte[] Search(
        int id, string baseDn, IReadOnlyList<(string Attribute, string Value)> anyOf, int most, IReadOnlyList<string> attributes)
        => Message(id, writer =>
        {
            using (writer.PushSequence(Application(3)))
            {
                Text(writer, baseDn);
                writer.WriteEnumeratedValue(SearchScope.WholeSubtree);
                writer.WriteEnumeratedValue(Aliases.NeverDereferenced);
                writer.WriteInteger(most);
                writer.WriteInteger(0);
                writer.WriteBoolean(false);
                using (writer.PushSetOf(new Asn1Tag(TagClass.ContextSpecific, 1, isConstructed: true)))
                {
                    foreach (var (attribute, value) in anyOf)
                    {
                        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 3, isConstructed: true)))
                        {
                            Text(writer, attribute);
                            Text(writer, value);
                        }
                    }
                }

                using (writer.PushSequence())
                {
                    foreach (var attribute in attributes) Text(writer, attribute);
                }
            }
        });

    /// <summary>Asks for TLS on this connection.</summary>
    public static byte[] StartTls(int id) => Message(id, static writer =>
    {
        using (writer.PushSequence(Application(23)))
        {
            writer.WriteOctetString(Encoding.ASCII.GetBytes(StartTlsName), new Asn1Tag(TagClass.ContextSpecific, 0));
        }
    });

    /// <summary>Reads one answer.</summary>
    /// <exception cref="AsnContentException">It is none of LDAP.</exception>
    public static LdapAnswer Read(ReadOnlyMemory<byte> message)
    {
        var all = new AsnReader(message, AsnEncodingRules.BER);
        var sequence = all.ReadSequence();
        if (!sequence.TryReadInt32(out var id)) throw new AsnContentException("The message has no number.");
        var tag = sequence.PeekTag();
        if (tag.TagClass != TagClass.Application) throw new AsnContentException("The message is no answer.");
        var body = sequence.ReadSequence(tag);
        return tag.TagValue switch
        {
            4 => Entry(id, body),
            // A place where more may be found, on another server: nobody is sent there.
            19 => new LdapAnswer(id, LdapAnswerKind.Other),
            1 or 5 or 24 => new LdapAnswer(id, LdapAnswerKind.Result, (int)body.ReadEnumeratedValue<LdapResult>()),
            _ => new LdapAnswer(id, LdapAnswerKind.Other),
        };
    }

    private static LdapAnswer Entry(int id, AsnReader body)
    {
        var dn = Text(body);
        var values = new List<string>();
        var attributes = body.ReadSequence();
        while (attributes.HasData)
        {
            var attribute = attributes.ReadSequence();
            _ = attribute.ReadOctetString();
            var set = attribute.ReadSetOf(skipSortOrderValidation: true);
            while (set.HasData) values.Add(Text(set));
        }

        return new LdapAnswer(id, LdapAnswerKind.Entry, Dn: dn, Values: values);
    }

    private static byte[] Message(int id, Action<AsnWriter> write)
    {
        var writer = new AsnWriter(AsnEncodingRules.BER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(id);
            write(writer);
        }

        return writer.Encode();
    }

    private static Asn1Tag Application(int number) => new(TagClass.Application, number, isConstructed: true);

    private static void Text(AsnWriter writer, string text) => writer.WriteOctetString(Encoding.UTF8.GetBytes(text));

    private static string Text(AsnReader reader) => Encoding.UTF8.GetString(reader.ReadOctetString());
}

/// <summary>What kind of answer it is.</summary>
internal enum LdapAnswerKind
{
    /// <summary>How the request went.</summary>
    Result,

    /// <summary>Something that was found.</summary>
    Entry,

    /// <summary>Nothing that is needed here.</summary>
    Other,
}

/// <summary>How a request went, as RFC 4511 numbers it; there are many more.</summary>
internal enum LdapResult
{
    /// <summary>Well.</summary>
    Success = 0,

    /// <summary>More was found than may be sent.</summary>
    SizeLimitExceeded = 4,

    /// <summary>Name and password do not fit.</summary>
    InvalidCredentials = 49,
}

/// <summary>One answer.</summary>
/// <param name="Id">Of which request.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Result">The number of an <see cref="LdapResult"/>.</param>
/// <param name="Dn">The name of what was found.</param>
/// <param name="Values">The values of its attributes that were asked for.</param>
internal sealed record LdapAnswer(
    int Id, LdapAnswerKind Kind, int Result = 0, string Dn = "", IReadOnlyList<string>? Values = null);
