namespace Auxo.Architecture.Tests.Docs;

/// <summary>
/// Pages that are generated from the code are never out of date: run the tests with <c>AUXO_UPDATE_DOCS=1</c> to write them
/// again.
/// </summary>
public sealed class DocsTests
{
    [Fact]
    public void the_page_of_messages_is_up_to_date() => AssertCurrent("docs/messages.md", MessagesPage.Render());

    [Fact]
    public void the_page_of_events_is_up_to_date() => AssertCurrent("docs/events.md", EventsPage.Render());

    private static void AssertCurrent(string page, string text)
    {
        while (text.Contains("\n\n\n", StringComparison.Ordinal)) text = text.Replace("\n\n\n", "\n\n", StringComparison.Ordinal);
        var file = Path.Combine(Solution.Root, page);
        if (Environment.GetEnvironmentVariable("AUXO_UPDATE_DOCS") == "1") File.WriteAllText(file, text);
        Assert.True(File.Exists(file) && File.ReadAllText(file) == text,
            $"{page} is out of date. Run AUXO_UPDATE_DOCS=1 ./auxo test, or these tests alone, and commit it.");
    }
}
