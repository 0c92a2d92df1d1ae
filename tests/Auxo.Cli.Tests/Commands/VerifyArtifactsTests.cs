using System.Text;

using Auxo.Cli.Artifacts;
using Auxo.Radicle;

namespace Auxo.Cli.Tests.Commands;

/// <summary><c>auxo artifacts verify</c>: with files and a key, and nothing else.</summary>
public sealed class VerifyArtifactsTests
{
    private const string Statement =
        """
        {"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"dist/app.txt","digest":{
        "sha256":"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"}}],
        "predicate":{"buildDefinition":{"externalParameters":{
        "repository":"rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5","commit":"8fabc1d8e5a3cc9b1ddc5c7b5f4b0a9c1f2e3d4c"}},
        "runDetails":{"metadata":{"invocationId":"urn:uuid:3f2a1c77"}}}}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-verify-").FullName;

    [Fact]
    public async Task a_file_that_the_statement_names_fits_and_every_other_does_not()
    {
        using var key = SigningKey.OfSeed(new byte[32]);
        await WriteAsync("hello", key);
        var verified = await RunAsync(key.Owner.Value);
        Assert.Equal(0, verified.ExitCode);
        Assert.Contains("dist/app.txt", verified.Out, StringComparison.Ordinal);
        Assert.Contains("8fabc1d", verified.Out, StringComparison.Ordinal);

        await WriteAsync("hello!", key);
        var other = await RunAsync(key.Owner.Value);
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("not in the statement", other.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_statement_is_found_above_the_folders_of_an_artifacts_name()
    {
        using var key = SigningKey.OfSeed(new byte[32]);
        await WriteAsync("hello", key);
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "dist", "linux")).FullName;
        var inside = Path.Combine(folder, "app.txt");
        File.Move(Path.Combine(_folder, "app.txt"), inside);
        var result = await CliResult.RunAsync(
            new() { ["HOME"] = _folder }, ["artifacts", "verify", inside, "--key", key.Owner.Value]);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));

        File.Delete(Path.Combine(_folder, VerifyArtifacts.UsualFile));
        var none = await CliResult.RunAsync(
            new() { ["HOME"] = _folder }, ["artifacts", "verify", inside, "--key", key.Owner.Value]);
        Assert.Equal(1, none.ExitCode);
        Assert.Contains("--provenance names it", none.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_statement_by_another_key_or_changed_afterwards_counts_nothing()
    {
        using var key = SigningKey.OfSeed(new byte[32]);
        using var stranger = SigningKey.OfSeed([.. Enumerable.Repeat((byte)1, 32)]);
        await WriteAsync("hello", stranger);
        Assert.Equal(1, (await RunAsync(key.Owner.Value)).ExitCode);

        await WriteAsync("hello", key);
        var file = Path.Combine(_folder, VerifyArtifacts.UsualFile);
        var envelope = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        var changed = Convert.ToBase64String(Encoding.UTF8.GetBytes(Statement.Replace("8fabc1d", "0000000", StringComparison.Ordinal)));
        await File.WriteAllTextAsync(file, envelope.Replace(
            Convert.ToBase64String(Encoding.UTF8.GetBytes(Statement)), changed, StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        Assert.Equal(1, (await RunAsync(key.Owner.Value)).ExitCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"payloadType":"application/vnd.in-toto+json","payload":"!","signatures":[]}""")]
    [InlineData("""{"payloadType":"text/plain","payload":"","signatures":[]}""")]
    [InlineData("[]")]
    public async Task what_is_no_envelope_is_said_to_be_none(string text)
    {
        using var key = SigningKey.OfSeed(new byte[32]);
        await WriteAsync("hello", key);
        await File.WriteAllTextAsync(Path.Combine(_folder, VerifyArtifacts.UsualFile), text, TestContext.Current.CancellationToken);
        var result = await RunAsync(key.Owner.Value);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("no signed statement", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task without_a_key_it_says_how_to_name_one()
    {
        using var key = SigningKey.OfSeed(new byte[32]);
        await WriteAsync("hello", key);
        var result = await CliResult.RunAsync(new() { ["HOME"] = _folder }, ["artifacts", "verify", Path.Combine(_folder, "app.txt")]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("auxo artifacts key", result.Error, StringComparison.Ordinal);
    }

    private async Task WriteAsync(string content, SigningKey key)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "app.txt"), content, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(_folder, VerifyArtifacts.UsualFile),
            SignedStatement.Sign("application/vnd.in-toto+json", Encoding.UTF8.GetBytes(Statement), key),
            TestContext.Current.CancellationToken);
    }

    private Task<CliResult> RunAsync(string key)
        => CliResult.RunAsync(
            new() { ["HOME"] = _folder }, ["artifacts", "verify", Path.Combine(_folder, "app.txt"), "--key", key]);
}
