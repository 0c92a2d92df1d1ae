using Auxo.Pipeline.Execution;

namespace Auxo.Pipeline.Tests.Execution;

public sealed class StepScriptTests
{
    [Theory]
    [InlineData("plain", "'plain'")]
    [InlineData("it's", "'it'\\''s'")]
    [InlineData("$(rm -rf /) `x` \"y\" \\", "'$(rm -rf /) `x` \"y\" \\'")]
    [InlineData("", "''")]
    public void quoting_leaves_the_shell_nothing_to_read(string text, string quoted) => Assert.Equal(quoted, StepScript.Quote(text));

    [Theory]
    [InlineData("A", true)]
    [InlineData("_a1", true)]
    [InlineData("1a", false)]
    [InlineData("A B", false)]
    [InlineData("A\n", false)]
    public void a_variable_has_a_name_and_nothing_after_it(string name, bool fits)
        => Assert.Equal(fits, StepScript.Refuse(new Dictionary<string, string> { [name] = "x" }) is null);

    [Fact]
    public void the_script_is_as_it_is_read_by_people()
    {
        var script = StepScript.Write(
            ["make", "make\ntest"], new Dictionary<string, string> { ["A"] = "b c" }, "/workspace/x", ["ulimit -c 0"]);
        Assert.Equal(
            """
            ulimit -c 0
            export A='b c'
            cd -- '/workspace/x' || { echo 'no folder' >&4; exit 1; }
            set -eu
            if (set -o pipefail) 2>/dev/null; then set -o pipefail; fi
            echo 'command 1' >&4
            printf '%s\n' '$ make'
            eval 'make' 4>&-
            __auxo=$?; if [ "$__auxo" != 0 ]; then exit "$__auxo"; fi
            echo 'command 2' >&4
            printf '%s\n' '$ make
            > test'
            eval 'make
            test' 4>&-
            __auxo=$?; if [ "$__auxo" != 0 ]; then exit "$__auxo"; fi

            """, script);
    }
}
