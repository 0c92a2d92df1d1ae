using Auxo.Registry.Files;

namespace Auxo.Registry.Tests.Files;

public sealed class FileNameTests
{
    [Theory]
    [InlineData("app.tar.gz")]
    [InlineData("v1.2.3/app-linux_x64+build(1)@2~.tar.gz")]
    [InlineData(".well-known/x")]
    [InlineData("a/..b/c..d")]
    [InlineData("with space/and, comma=1")]
    public void names_that_are_kept(string name)
    {
        Assert.Null(FileName.Refuse(name));
        Assert.Equal(name, FileName.FromTarget($"/raw/files/{FileName.Encode(name)}?x=%2e%2e", "/raw/files/", out _));
    }

    [Theory]
    [InlineData("../x", "'..'")]
    [InlineData("a/../b", "'..'")]
    [InlineData("a/%2e%2e/b", "'..'")]
    [InlineData("a/%2E./b", "'..'")]
    [InlineData("./a", "'.'")]
    [InlineData("a%2fb", "encoded slash")]
    [InlineData("a%2Fb", "encoded slash")]
    [InlineData("a%5cb", "backslash")]
    [InlineData("a\\b", "backslash")]
    [InlineData("%252e%252e/x", "twice")]
    [InlineData("a%00b", "control character")]
    [InlineData("a%0ab", "control character")]
    [InlineData("a%7fb", "control character")]
    [InlineData("a%zzb", "two hex digits")]
    [InlineData("a%4", "two hex digits")]
    [InlineData("%d0%b0pp", "not ASCII")]
    [InlineData("caf%c3%a9", "not ASCII")]
    [InlineData("caf\u00e9", "not ASCII")]
    [InlineData("cafe%cc%81", "not ASCII")]
    [InlineData("%c0%ae%c0%ae/x", "not ASCII")]
    [InlineData("%ef%bc%8e%ef%bc%8e/x", "not ASCII")]
    [InlineData("a//b", "empty part")]
    [InlineData("a/", "empty part")]
    [InlineData("", "is empty")]
    [InlineData("a%20/b", "space")]
    [InlineData("a./b", "dot")]
    [InlineData("a%3ab", "':'")]
    [InlineData("a%3Cb", "'<'")]
    public void names_that_are_refused_say_why(string encoded, string why)
    {
        Assert.Null(FileName.FromTarget("/raw/files/" + encoded, "/raw/files/", out var refusal));
        Assert.Contains(why, refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1000, 50)]
    [InlineData(3000, 50)]
    [InlineData(400, 400)]
    public void long_names_are_refused(int length, int part)
    {
        var name = string.Join('/', Enumerable.Repeat(new string('a', part), length / part));
        Assert.Null(FileName.FromTarget("/raw/files/" + name, "/raw/files/", out var refusal));
        Assert.Contains("more than", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/raw/other/x")]
    [InlineData("/raw/files%2fx")]
    [InlineData("/raw/files/../other/x")]
    [InlineData("/raw/./files/x")]
    public void the_wire_must_name_the_repository_that_was_allowed(string target)
        => Assert.Null(FileName.FromTarget(target, target.Contains("..", StringComparison.Ordinal) ? "/raw/other/" : "/raw/files/", out _));

    [Fact]
    public void a_whole_url_as_target_is_understood()
        => Assert.Equal("a b/c", FileName.FromTarget("http://127.0.0.1:8081/raw/files/a%20b/c?q", "/raw/files/", out _));
}
