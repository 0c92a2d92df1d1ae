using System.Text;
using System.Text.Encodings.Web;

namespace Auxo.Registry.PyPi.Simple;

/// <summary>The simple API as HTML (PEP 503), for people and older programs.</summary>
public static class SimpleHtml
{
    /// <summary>One project.</summary>
    public static byte[] Render(SimpleProject project)
    {
        var html = Begin($"Links for {project.Name}");
        foreach (var file in project.Files)
        {
            html.Append("<a href=\"").Append(Text(file.Url)).Append("#sha256=").Append(file.Sha256).Append('"');
            if (file.RequiresPython is { } python) html.Append(" data-requires-python=\"").Append(Text(python)).Append('"');
            if (file.MetadataSha256 is { } metadata)
            {
                // Both names: pip before 23.2 knows only the second (PEP 714).
                html.Append(" data-core-metadata=\"sha256=").Append(metadata).Append('"');
                html.Append(" data-dist-info-metadata=\"sha256=").Append(metadata).Append('"');
            }

            if (file.Yanked is { } reason) html.Append(" data-yanked=\"").Append(Text(reason)).Append('"');
            html.Append('>').Append(Text(file.FileName)).Append("</a><br>\n");
        }

        return End(html);
    }

    /// <summary>All projects.</summary>
    public static byte[] RenderList(IEnumerable<string> names)
    {
        var html = Begin("Projects");
        foreach (var name in names) html.Append("<a href=\"").Append(Text(name)).Append("/\">").Append(Text(name)).Append("</a><br>\n");
        return End(html);
    }

    private static StringBuilder Begin(string title)
        => new StringBuilder("<!DOCTYPE html>\n<html>\n<head>\n<meta name=\"pypi:repository-version\" content=\"")
            .Append(SimpleJson.ApiVersion).Append("\">\n<title>").Append(Text(title)).Append("</title>\n</head>\n<body>\n<h1>")
            .Append(Text(title)).Append("</h1>\n");

    private static byte[] End(StringBuilder html) => Encoding.UTF8.GetBytes(html.Append("</body>\n</html>\n").ToString());

    private static string Text(string text) => HtmlEncoder.Default.Encode(text);
}
