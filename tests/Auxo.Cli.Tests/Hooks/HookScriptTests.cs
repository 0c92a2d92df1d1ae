using Auxo.Cli.Hooks;

namespace Auxo.Cli.Tests.Hooks;

public sealed class HookScriptTests
{
    [Theory]
    [InlineData("#!/bin/sh\nnpm test\n", true)]
    [InlineData("npm test", true)]
    [InlineData("#!/usr/bin/env bash\n", true)]
    [InlineData("#!/bin/sh -e\nnpx lint-staged\n", true)]
    [InlineData("", true)]
    [InlineData("#!/usr/bin/env python3\nprint()\n", false)]
    [InlineData("#!/usr/bin/env node\n", false)]
    public void lines_are_added_only_to_a_script_of_a_shell(string text, bool can)
        => Assert.Equal(can, HookScript.CanTakeLines(text));

    [Theory]
    [InlineData("npm test\n", true)]
    [InlineData("npm test || exit 1\n", true)]
    [InlineData("# exit 0 comes later\nnpm test\n", true)]
    [InlineData("npm test\nexit 0\n", false)]
    [InlineData("exec npm test\n\n", false)]
    [InlineData("if true; then\n    exit 0\nfi\n", false)]
    [InlineData("[ -z \"$CI\" ] || exit\nnpm test\n", false)]
    [InlineData("done() { return 0; }\n(exit 0)\nnpm test\n", false)]
    public void lines_stand_where_they_are_always_reached(string text, bool isLast)
    {
        text = "#!/bin/sh\n" + text;
        var with = HookScript.With(text, "pre-commit");

        Assert.Equal(isLast, with.StartsWith(text, StringComparison.Ordinal));
        Assert.Equal(with, HookScript.With(with, "pre-commit"));
        Assert.Equal(text, HookScript.Without(with));
    }

    [Theory]
    [InlineData("#!/bin/sh\nnpm test\n")]
    [InlineData("npm test\n")]
    [InlineData("#!/bin/sh\n")]
    public void what_is_added_is_taken_out_again_and_adding_twice_is_adding_once(string text)
    {
        foreach (var name in HookFolder.Names)
        {
            var with = HookScript.With(text, name);
            Assert.Equal(with, HookScript.With(with, name));
            Assert.Equal(text, HookScript.Without(with));
            Assert.True(HookScript.HasLines(with));
        }
    }

    [Fact]
    public void a_hook_of_an_older_auxo_is_known_as_ours()
    {
        Assert.True(HookScript.IsOurs("#!/bin/sh\n# Written by 'auxo hooks install'; 'auxo hooks remove' takes it away.\nexec x\n"));
        Assert.True(HookScript.IsOurs(HookScript.Whole("pre-push", "/x", null)));
        Assert.True(HookScript.IsOurs(HookScript.OfUser("pre-commit")));
        Assert.False(HookScript.IsOurs("#!/bin/sh\nauxo gate push \"$@\"\n"));
    }
}
