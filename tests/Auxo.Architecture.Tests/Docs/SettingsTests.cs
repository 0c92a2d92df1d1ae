using Auxo.ServiceDefaults.Settings;

using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Architecture.Tests.Docs;

/// <summary>What can be chosen is written down.</summary>
public sealed class SettingsTests
{
    [Fact]
    public void every_setting_of_a_service_stands_in_the_page_for_operators()
    {
        var page = File.ReadAllText(Path.Combine(Solution.Root, "docs/operations.md"));
        var known = RunningServices.All.Values.SelectMany(static host => host.Services.GetRequiredService<KnownSettings>().Items)
            .Select(static s => s.Variable).Distinct().ToList();
        Assert.True(known.Count > 10, $"only {known.Count}");
        Assert.DoesNotContain(known, variable => !page.Contains($"`{variable}`", StringComparison.Ordinal));
    }
}
