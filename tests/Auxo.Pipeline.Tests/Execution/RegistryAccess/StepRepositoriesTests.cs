using Auxo.Pipeline.Execution;
using Auxo.Pipeline.Execution.RegistryAccess;

using Microsoft.Extensions.Configuration;

namespace Auxo.Pipeline.Tests.Execution.RegistryAccess;

/// <summary>What an operator may say of the registry.</summary>
public sealed class StepRepositoriesTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData("npm", "npm:npm")]
    [InlineData("npm, pypi:python ,nuget,oci,raw", "npm:npm pypi:python nuget:nuget oci:oci raw:raw")]
    [InlineData("npm:npm@2026-08-01,pypi:pypi@2026-08-01T120000Z", "npm:npm@2026-08-01 pypi:pypi@2026-08-01T120000Z")]
    public void formats_and_repositories(string? text, string expected)
    {
        var read = Read(text, null);
        Assert.Equal(expected, string.Join(' ', read.Reads.Select(static one => $"{one.Format}:{one.Name}")));
        Assert.Equal(expected.Length > 0, read.AreGiven);
    }

    [Fact]
    public void what_may_be_written_is_named_and_is_nothing_by_default()
    {
        Assert.Empty(Read("npm", null).Writes);
        Assert.Equal(["npm", "oci"], Read("npm,oci", "npm, oci,npm").Writes);
    }

    [Theory]
    [InlineData("cargo", null, "Auxo:Steps:Registry has 'cargo'; write FORMAT or FORMAT:REPOSITORY")]
    [InlineData("npm:", null, "Auxo:Steps:Registry has 'npm:'")]
    [InlineData("npm:../x", null, "Auxo:Steps:Registry has 'npm:../x'")]
    [InlineData("npm:a b", null, "Auxo:Steps:Registry has 'npm:a b'")]
    [InlineData("npm:a$(id)", null, "Auxo:Steps:Registry has 'npm:a$(id)'")]
    [InlineData("npm:a,npm:b", null, "Auxo:Steps:Registry has two repositories for npm")]
    [InlineData("npm", "a/b", "Auxo:Steps:RegistryWrite has 'a/b'")]
    [InlineData("npm", "npm@2026-08-01", "Auxo:Steps:RegistryWrite has 'npm@2026-08-01'")]
    [InlineData(null, "npm", "Auxo:Steps:RegistryWrite needs Auxo:Steps:Registry")]
    public void what_makes_no_sense_stops_the_start_and_says_what_may_stand_there(string? reads, string? writes, string why)
        => Assert.StartsWith(why, Assert.Throws<FormatException>(() => Read(reads, writes)).Message, StringComparison.Ordinal);

    private static StepRepositories Read(string? reads, string? writes)
        => ExecutionSettings.From(new ConfigurationBuilder().AddInMemoryCollection(
            [new("Auxo:Steps:Registry", reads), new("Auxo:Steps:RegistryWrite", writes)]).Build()).Registry;
}
