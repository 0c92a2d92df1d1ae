using Auxo.Testing;

namespace Auxo.Console.Tests;

/// <summary>A setting that makes no sense is one line on standard error, as for the services.</summary>
public sealed class RefusedStartTests
{
    [Theory]
    [InlineData("TrustedProxies", "proxy.lan", "Auxo__Console__TrustedProxies: 'proxy.lan' is neither an address")]
    [InlineData("Tls__Certificate", "/x", "Auxo__Console__Tls__Certificate and Auxo__Console__Tls__Key are given together")]
    [InlineData("PublicUrl", "ci", "The console's public URL is 'ci'")]
    public async Task a_wrong_setting_is_one_line(string setting, string value, string says)
    {
        var home = Directory.CreateTempSubdirectory("auxo-console-").FullName;
        await using var refused = await ServiceProcess.StartAsync(
            "console", "", settings: [("AUXO_HOME", home), ("Auxo__Console__" + setting, value)]);
        var (code, output, errors) = await refused.EndedAsync();
        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith("auxo: console does not start: " + says, errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', errors);
        Directory.Delete(home, recursive: true);
    }
}
