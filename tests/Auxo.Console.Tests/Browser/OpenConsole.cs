using Microsoft.Playwright;

namespace Auxo.Console.Tests.Browser;

/// <summary>A window at a console of these tests.</summary>
internal static class OpenConsole
{
    public static async Task<Window> OpenAsync(
        this Chromium chromium, ConsoleHost console, ColorScheme scheme = ColorScheme.Light, int width = 1280)
        => await chromium.OpenAsync(console.Address, await console.LinkAsync(), scheme, width);
}
