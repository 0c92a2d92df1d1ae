using System.Globalization;
using System.Text;
using System.Xml;

using Auxo.Console.Parts;

namespace Auxo.Console.Sharing;

/// <summary>
/// The verdicts of a repository as an Atom feed (RFC 4287). Written with <see cref="XmlWriter"/>, which is in the framework: what
/// System.ServiceModel.Syndication adds to it is a model of entries that <see cref="Build"/> is already.
/// </summary>
internal static class Feed
{
    private const string Atom = "http://www.w3.org/2005/Atom";

    /// <summary>Writes it. Ids do not depend on where it is read: the repository's own, and each build's.</summary>
    /// <param name="repository">Whose.</param>
    /// <param name="builds">Those that have a verdict, newest first.</param>
    /// <param name="address">Of this console, without a trailing slash.</param>
    public static byte[] Write(Repository repository, IReadOnlyList<Build> builds, string address)
    {
        using var bytes = new MemoryStream();
        using (var xml = XmlWriter.Create(bytes, new XmlWriterSettings
        {
            Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), Indent = true, CheckCharacters = true,
        }))
        {
            xml.WriteStartElement("feed", Atom);
            Element(xml, "id", repository.Rid);
            Element(xml, "title", $"{repository.Name}: verdicts");
            Element(xml, "updated", Time(builds is [var newest, ..] ? newest.FinishedAt!.Value : repository.TrackedAt));
            Link(xml, "self", $"{address}/feeds/{Uri.EscapeDataString(repository.Rid)}.atom");
            Link(xml, "alternate", address + Say.RepositoryUrl(repository.Rid));
            xml.WriteStartElement("author", Atom);
            Element(xml, "name", "Auxo");
            xml.WriteEndElement();
            foreach (var build in builds) Entry(xml, build, address);
            xml.WriteEndElement();
        }

        return bytes.ToArray();
    }

    private static void Entry(XmlWriter xml, Build build, string address)
    {
        xml.WriteStartElement("entry", Atom);
        Element(xml, "id", "urn:uuid:" + build.Id);
        Element(xml, "title", $"{Say.Standing(build).Replace('_', ' ')}: {build.Title} ({build.Subject})");
        Element(xml, "updated", Time(build.FinishedAt!.Value));
        Element(xml, "published", Time(build.QueuedAt));
        Link(xml, "alternate", $"{address}/builds/{build.Id}");
        Element(xml, "summary", $"{build.Reason ?? Say.Standing(build).Replace('_', ' ')}. Commit {Say.Short(build.Commit)}"
            + (build.DurationSeconds is { } took ? $", took {Say.Lasted(took)}." : "."));
        xml.WriteEndElement();
    }

    /// <summary>Text from outside may have characters that no XML can have.</summary>
    private static void Element(XmlWriter xml, string name, string text)
    {
        var fit = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var allowed = rune.Value is '\t' or '\n' or (>= 0x20 and < 0xFFFE) or >= 0x10000;
            fit.Append(allowed ? rune.ToString() : "\uFFFD");
        }

        xml.WriteElementString(name, Atom, fit.ToString());
    }

    private static void Link(XmlWriter xml, string rel, string url)
    {
        xml.WriteStartElement("link", Atom);
        xml.WriteAttributeString("rel", rel);
        xml.WriteAttributeString("href", url);
        xml.WriteEndElement();
    }

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
