using Auxo.Pipeline.Checks.Leftovers;

namespace Auxo.Pipeline.Tests.Checks;

public sealed class DebugStatementsTests
{
    [Theory]
    [InlineData("a.js", "  console.log('x', value);", "console-log")]
    [InlineData("a.tsx", "return console.debug (value)", "console-log")]
    [InlineData("a.ts", "  debugger;", "debugger")]
    [InlineData("a.mjs", "debugger // look", "debugger")]
    [InlineData("a.py", "    breakpoint()", "breakpoint")]
    [InlineData("a.py", "import pdb; pdb.set_trace()", "breakpoint")]
    [InlineData("a.py", "    x = 1; ipdb.set_trace()", "breakpoint")]
    [InlineData("a.py", "    print(f\"{value=}\")", "print-of-a-variable")]
    [InlineData("a.py", "print(f'{self.name=!r}, {n=}')", "print-of-a-variable")]
    [InlineData("a.sh", "  set -x", "xtrace")]
    [InlineData("a.bash", "set -o xtrace  # why?", "xtrace")]
    [InlineData("a.rb", "  binding.pry", "breakpoint")]
    [InlineData("a.rb", "byebug", "breakpoint")]
    [InlineData("a.rs", "    let y = dbg!(x + 1);", "dbg")]
    [InlineData("a.php", "  var_dump($x);", "var-dump")]
    [InlineData("a.cs", "        Debugger.Break();", "breakpoint")]
    [InlineData("tool", "#!/usr/bin/env python3\nbreakpoint()", "breakpoint")]
    [InlineData("tool", "#!/bin/bash\nset -x", "xtrace")]
    public void what_was_forgotten_is_found(string path, string text, string rule)
        => Assert.Equal(rule, Assert.Single(DebugStatements.Find(path, text)).Rule);

    [Theory]
    [InlineData("a.js", "console.error('no');")]
    [InlineData("a.js", "// console.log(x)")]
    [InlineData("a.js", " * console.log(x)")]
    [InlineData("a.js", "expect(text).toBe('console.log(1)');")]
    [InlineData("a.js", "myconsole.log(1)")]
    [InlineData("a.js", "const debugger_ = 1; attachDebugger(x);")]
    [InlineData("a.js", "console.log(usage); // auxo:allow")]
    [InlineData("a.js", "console.log(usage); // eslint-disable-line no-console")]
    [InlineData("a.py", "print(result)")]
    [InlineData("a.py", "print(f\"{a == b} {c:>10}\")")]
    [InlineData("a.py", "print(f'x={x}')")]
    [InlineData("a.py", "# breakpoint()")]
    [InlineData("a.py", "breakpoints = load()")]
    [InlineData("a.sh", "set -euo pipefail")]
    [InlineData("a.sh", "set -eux")]
    [InlineData("a.sh", "[ -z \"$DEBUG\" ] || set -x")]
    [InlineData("a.sh", "set +x")]
    [InlineData("a.rb", "binding = 1")]
    [InlineData("a.rs", "// dbg!(x)")]
    [InlineData("a.php", "add($x); $odd(1);")]
    [InlineData("a.cs", "Console.WriteLine(\"done\"); if (Debugger.IsAttached) return;")]
    [InlineData("a.md", "debugger;")]
    [InlineData("tool", "debugger;")]
    public void what_a_program_says_on_purpose_is_not(string path, string text) => Assert.Empty(DebugStatements.Find(path, text));
}
