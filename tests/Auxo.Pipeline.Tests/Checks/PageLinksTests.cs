using Auxo.Contracts;
using Auxo.Git;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Tests.Checks;

/// <summary>Which links of a page lead nowhere: as CommonMark reads the page, and as the tree is.</summary>
public sealed class PageLinksTests
{
    /// <summary>A page in <c>docs/</c>, and the lines whose links lead nowhere.</summary>
    public static TheoryData<string, string, int[]> Pages { get; } = new()
    {
        { "plain", "[a](guide.md) [b](absent.md)\n\n[c](../README.md) [d](../absent.md)\n", [1, 3] },
        { "a picture", "![a](picture.png)\n", [1] },
        { "by reference", "[a][ref] and [b]\n\n[ref]: absent.md\n[b]: guide.md\n", [1] },
        { "with a title", "[a](absent.md \"title\") [b](guide.md 'title')\n", [1] },
        { "in angle brackets", "[a](<two words.md>) [b](<absent file.md>)\n", [1] },
        { "escaped", "[a](two%20words.md) \\[b](absent.md)\n", [] },
        { "with parentheses", "[a](paren_(one).md) [b](absent_(two).md)\n", [1] },
        { "a part of a page", "[a](guide.md#part) [b](#part) [c](guide.md?x=1) [d](absent.md#part)\n", [1] },
        { "elsewhere", "[a](https://example.org/x.md) [b](//example.org/x) [c](mailto:a@example.org) [d](../../outside.md)\n", [] },
        { "from the top", "[a](/docs/guide.md)\n\n[b](/src/guide.md)\n", [3] },
        { "from the top of a site that lies in the folder", "[a](/guide.md) [b](/site/part.md)\n\n[c](/part.md)\n", [3] },
        { "a page as a site names it", "[a](guide) [b](guide.html#part) [c](/guide)\n\n[d](absent.html)\n\n[e](guide.htm)\n", [3, 5] },
        { "a folder", "[a](.) [b](../docs/) [c](../src)\n", [1] },
        { "code", "`[a](absent.md)` and ``x ` [a](absent.md)``\n", [] },
        { "a fence", "```\n[a](absent.md)\n```\n\n~~~~\n~~~\n[a](absent.md)\n~~~~\n", [] },
        { "a fence in a list", "- item\n\n  ```\n  [a](absent.md)\n  ```\n\n  [b](absent.md)\n", [7] },
        { "a fence that opens in a list item's first line", "* ```\n  [a](absent.md)\n  ```\n* [b](absent.md)\n", [4] },
        { "a fence in a quote", "> ```\n> [a](absent.md)\n\n[b](absent.md)\n", [4] },
        { "an indented block", "text\n\n    [a](absent.md)\n\n[b](absent.md)\n", [5] },
        { "a comment", "<!-- [a](absent.md)\n\n[b](absent.md) -->\n\n[c](absent.md)\n", [5] },
        { "a comment in a line", "text <!-- [a](absent.md) --> text\n", [] },
        { "a table", "| a | b |\n|---|---|\n| [x](absent.md) | [y](guide.md) |\n", [3] },
        { "a heading", "# [a](absent.md)\n", [1] },
        { "through a linked folder", "[a](linked/anything.md) [b](linked) [c](linkedto/x.md)\n", [1] },
        { "into a submodule", "[a](../vendor/thing/README.md) [b](../vendor/thing) [c](../vendor/other)\n", [1] },
        { "lines that end as on Windows", "text\r\n\r\n[a](absent.md)\r\n", [3] },
        { "nothing", "", [] },
    };

    [Theory]
    [MemberData(nameof(Pages))]
    public void a_link_that_leads_nowhere_is_found_and_no_other(string what, string page, int[] lines)
    {
        Assert.NotEmpty(what);
        Assert.Equal(lines, PageLinks.Broken("docs/page.md", page, Tree())!.Select(static found => found.Line!.Value));
    }

    [Fact]
    public void the_top_of_a_site_is_any_folder_above_the_page_and_none_beside_it()
    {
        Assert.Empty(PageLinks.Broken("docs/de/page.md", "[a](/guide.md) [b](/docs/guide.md) [c](/site/part)\n", Tree())!);
        Assert.Single(PageLinks.Broken("src/page.md", "[a](/guide.md)\n", Tree())!);
        Assert.Single(PageLinks.Broken("docs/de/page.md", "[a](guide.md)\n", Tree())!);
    }

    [Fact]
    public void a_page_that_no_person_wrote_is_left_alone()
    {
        Assert.Null(PageLinks.Broken("a.md", "[a](b) " + new string('x', 40_000), Tree()));
        Assert.Null(PageLinks.Broken("a.md", string.Concat(Enumerable.Repeat("[a](b)\n\n", 40_000)), Tree()));
        Assert.Null(PageLinks.Broken("a.md", string.Concat(Enumerable.Repeat("> ", 1_000)) + "[a](b)", Tree()));
    }

    private static SourceTree Tree()
    {
        var oid = new string('1', 40);
        GitTreeEntry[] entries =
        [
            .. from name in (string[])["README.md", "docs/guide.md", "docs/two words.md", "docs/paren_(one).md", "docs/page.md",
                   "docs/site/part.md"]
               select new GitTreeEntry("100644", name, oid),
            new("120000", "docs/linked", oid), new("160000", "vendor/thing", oid),
        ];
        return new SourceTree(new GitObjects("/nowhere"), CommitId.Parse(oid), entries, "/nowhere");
    }
}
