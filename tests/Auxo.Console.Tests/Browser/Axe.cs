using Deque.AxeCore.Commons;

using Microsoft.Playwright;

namespace Auxo.Console.Tests.Browser;

/// <summary>axe-core, run in the page as it stands.</summary>
internal static class Axe
{
    private static readonly string Script = new BundledAxeScriptProvider().GetScript();

    /// <summary>What it finds wrong: rule, what it says, the element.</summary>
    /// <remarks>The browser's debugger puts it in, so the page's own policy for scripts stays as it is.</remarks>
    public static async Task<IReadOnlyList<string>> AxeAsync(this IPage page)
    {
        await page.EvaluateAsync(Script);
        return await page.EvaluateAsync<string[]>("""
            axe.run({ resultTypes: ["violations"] })
                .then(found => found.violations.flatMap(v => v.nodes.map(n => `${v.id}: ${v.help}: ${n.html}`)))
            """);
    }
}
