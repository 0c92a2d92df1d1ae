using System.Text;
using System.Text.Json.Nodes;

using Auxo.Registry.PyPi.Simple;

namespace Auxo.Registry.Tests.PyPi;

public sealed class SimplePageTests
{
    private static readonly string A = new('a', 64);
    private static readonly string C = new('c', 64);

    private static readonly SimpleProject Project = new("auxo-demo", ["1.0", "1.1"],
    [
        new("auxo_demo-1.0.tar.gz", "../../files/auxo-demo/auxo_demo-1.0.tar.gz", new string('a', 64), 10,
            new DateTimeOffset(2026, 11, 30, 12, 0, 0, 123, TimeSpan.Zero), null, null, "bad \"<idea>\""),
        new("auxo_demo-1.1-py3-none-any.whl", "../../files/auxo-demo/auxo_demo-1.1-py3-none-any.whl", new string('b', 64), 11,
            new DateTimeOffset(2026, 11, 30, 13, 0, 0, TimeSpan.FromHours(1)), ">=3.8,<4", new string('c', 64), null),
    ]);

    [Fact]
    public void json_has_what_the_api_asks_for()
        => Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""
            {"meta":{"api-version":"1.4"},"name":"auxo-demo","project-status":{"status":"active"},"versions":["1.0","1.1"],"files":[
             {"filename":"auxo_demo-1.0.tar.gz","url":"../../files/auxo-demo/auxo_demo-1.0.tar.gz","hashes":{"sha256":"A"},"size":10,
              "upload-time":"2026-11-30T12:00:00.123000Z","core-metadata":false,"yanked":"bad \"<idea>\""},
             {"filename":"auxo_demo-1.1-py3-none-any.whl","url":"../../files/auxo-demo/auxo_demo-1.1-py3-none-any.whl",
              "hashes":{"sha256":"B"},"requires-python":">=3.8,<4","size":11,"upload-time":"2026-11-30T12:00:00.000000Z",
              "core-metadata":{"sha256":"C"},"yanked":false}]}
            """.Replace("\"A\"", $"\"{new string('a', 64)}\"", StringComparison.Ordinal)
                .Replace("\"B\"", $"\"{new string('b', 64)}\"", StringComparison.Ordinal)
                .Replace("\"C\"", $"\"{new string('c', 64)}\"", StringComparison.Ordinal)), JsonNode.Parse(SimpleJson.Render(Project))));

    [Fact]
    public void html_says_the_same_and_lets_nothing_out_of_its_quotes()
    {
        var html = Encoding.UTF8.GetString(SimpleHtml.Render(Project));
        Assert.Contains("<meta name=\"pypi:repository-version\" content=\"1.4\">", html, StringComparison.Ordinal);
        Assert.Contains($"""
            <a href="../../files/auxo-demo/auxo_demo-1.0.tar.gz#sha256={A}" data-yanked="bad &quot;&lt;idea&gt;&quot;">auxo_demo-1.0
            """, html, StringComparison.Ordinal);
        Assert.Contains($"""
            data-requires-python="&gt;=3.8,&lt;4" data-core-metadata="sha256={C}" data-dist-info-metadata="sha256={C}">
            """, html, StringComparison.Ordinal);
    }

    [Fact]
    public void a_project_that_was_yanked_without_a_reason_is_yanked()
    {
        var project = Project with { Files = [Project.Files[1] with { Yanked = "" }] };
        Assert.True((bool)JsonNode.Parse(SimpleJson.Render(project))!["files"]![0]!["yanked"]!);
        Assert.Contains("data-yanked=\"\"", Encoding.UTF8.GetString(SimpleHtml.Render(project)), StringComparison.Ordinal);
    }

    [Fact]
    public void lists_name_every_project()
    {
        Assert.Equal("""{"meta":{"api-version":"1.4"},"projects":[{"name":"a"},{"name":"b"}]}""",
            Encoding.UTF8.GetString(SimpleJson.RenderList(["a", "b"])));
        Assert.Contains("<a href=\"a/\">a</a>", Encoding.UTF8.GetString(SimpleHtml.RenderList(["a", "b"])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "text/html")]
    [InlineData("*/*", "text/html")]
    [InlineData("text/*", "text/html")]
    [InlineData("text/html", "text/html")]
    [InlineData("application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01", "json")]
    [InlineData("application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01", "json")]
    [InlineData("application/vnd.pypi.simple.v1+json;q=0.1, application/vnd.pypi.simple.v1+html", "html")]
    [InlineData("application/vnd.pypi.simple.latest+json", "json")]
    [InlineData("text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", "text/html")]
    [InlineData("application/vnd.pypi.simple.v1+json, text/html", "json")]
    [InlineData("application/vnd.pypi.simple.v1+json;q=0, */*;q=0.1", "text/html")]
    [InlineData("application/json", null)]
    [InlineData("application/vnd.pypi.simple.v2+json", null)]
    [InlineData("text/html;q=0", null)]
    [InlineData("???", null)]
    public void the_form_is_what_the_client_likes_best(string? accept, string? expected)
    {
        var chosen = SimpleFormat.Choose(accept, null);
        Assert.Equal(expected switch { "json" => SimpleFormat.Json, "html" => SimpleFormat.Html, null => null, _ =>
            SimpleFormat.Text }, chosen);
    }

    [Fact]
    public void the_query_counts_instead_of_the_header()
    {
        Assert.Equal(SimpleFormat.Json, SimpleFormat.Choose("text/html", SimpleFormat.Json.MediaType));
        Assert.Null(SimpleFormat.Choose("text/html", "application/xml"));
    }
}
