using Auxo.Cli.Hooks;

namespace Auxo.Cli.Tests.Hooks;

public sealed class HookScriptTests
{
    [Theory]
    [InlineData("#!/bin/sh\nnpm test\n", "pre-commit", true)]
    [InlineData("npm test", "pre-commit", true)]
    [InlineData("#!/usr/bin/env bash\n", "pre-commit", true)]
    [InlineData("#!/bin/sh -e\nnpx lint-staged\n", "pre-commit", true)]
    [InlineData("", "pre-commit", true)]
    [InlineData("#!/usr/bin/env python3\nprint()\n", "pre-commit", false)]
    [InlineData("#!/usr/bin/env node\n", "pre-push", false)]
    [InlineData("#!/bin/sh\nnpm test\nexit 0\n", "pre-commit", false)]
    [InlineData("#!/bin/sh\nexec npm test\n\n", "pre-commit", false)]
    [InlineData("#!/bin/sh\nexec git lfs pre-push \"$@\"\n", "pre-push", true)]
    public void lines_are_added_only_where_they_would_be_run(string text, string name, bool can)
        => Assert.Equal(can, HookScript.CanTakeLines(text, name));

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
