using System.Text;

using Auxo.Registry.Mirrors;

namespace Auxo.Registry.Tests.Mirrors;

public sealed class DocumentCheckTests
{
    [Theory]
    [InlineData("npm", "left", """{"name":"left","versions":{"1.0.0":{"name":"other"}}}""", true)]
    [InlineData("npm", "left", """{"versions":{},"x":[{"name":"other"}],"name":"left"}""", true)]
    [InlineData("npm", "left", """{"name":"other","versions":{}}""", false)]
    [InlineData("npm", "left", """{"name":"left","versions":[""", false)]
    [InlineData("npm", "left", """{"name":"left"}""", false)]
    [InlineData("npm", "left", """{"name":"left","versions":{"1.0.0":"\ud800"}}""", false)]
    [InlineData("npm", "left", """{"name":"left","versions":{"\udfff":1}}""", false)]
    [InlineData("npm", "left", """{"name":"left","versions":{},"text":"\ud83d\ude00"}""", true)]
    [InlineData("npm", "-/npm/v1/keys", """{"keys":[]}""", true)]
    [InlineData("npm", "left", "<html>Please log in</html>", false)]
    [InlineData("npm", "left", "", false)]
    [InlineData("pypi", "pypi/left", """{"files":[]}""", true)]
    [InlineData("pypi", "pypi/left", """{"message":"busy"}""", false)]
    [InlineData("nuget", "nuget//index", "[]", true)]
    [InlineData("nuget", "nuget//index", "12", false)]
    public void a_document_is_what_was_asked_for(string format, string key, string document, bool fits)
        => Assert.Equal(fits, DocumentCheck.Fits(format, key, Encoding.UTF8.GetBytes(document)));

    [Fact]
    public void what_is_no_utf8_or_has_very_many_values_is_refused()
    {
        Assert.False(DocumentCheck.Fits("nuget", "x", [(byte)'[', (byte)'"', 0xFF, (byte)'"', (byte)']']));
        var many = Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat("0", 10_000_001))}]");
        Assert.False(DocumentCheck.Fits("nuget", "x", many));
    }
}
