using System.Diagnostics;
using System.Text.RegularExpressions;

using Auxo.Contracts;
using Auxo.Instances;
using Auxo.Pipeline.Execution;

namespace Auxo.Pipeline.Tests.Execution;

/// <summary>
/// What ordinary programs find in a step, and what nothing finds there (<c>docs/steps.md</c>): as the account that runs the
/// tests, and, when that is root, once more as an ordinary user.
/// </summary>
public sealed partial class OrdinaryMachineTests(OrdinaryMachineTests.Machine machine) : IClassFixture<OrdinaryMachineTests.Machine>
{
    public static TheoryData<string> Seen => [.. MachineRow.Seen.Select(static row => row.Name)];

    public static TheoryData<string> Closed => [.. MachineRow.Closed.Select(static row => row.Name)];

    [Theory]
    [MemberData(nameof(Seen))]
    public void a_program_finds_what_it_needs(string row) => machine.Judge(row);

    [Theory]
    [MemberData(nameof(Closed))]
    public void what_is_closed_is_not_found(string row) => machine.Judge(row);

    [Fact]
    public async Task what_is_written_to_standard_output_by_its_name_comes_in_order()
    {
        using var bench = new Bench();
        var (exit, log) = await bench.RunAsync(
            Bench.Step("echo 1; echo 2 >/dev/stdout; echo 3 >&2; echo 4 >/dev/stderr; echo 5 >>/proc/self/fd/1"));
        Assert.Equal(Outcome.Passed, exit.Outcome);
        Assert.EndsWith("\n1\n2\n3\n4\n5\n", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_path_of_the_operator_is_read_wherever_it_lies()
    {
        using var place = new Bench();
        string[] paths = [$"{place.Folder}/a/b/sdk", $"{place.Folder}/tool", "/opt", "/etc/ssh/moduli"];
        Directory.CreateDirectory(paths[0]);
        File.WriteAllText(Path.Combine(paths[0], "version"), "sdk 7\n");
        File.WriteAllText(paths[1], "tool 8\n");
        using var bench = new Bench(Bench.Small with { ReadOnlyPaths = [.. paths, "/not/there"] });
        var (exit, log) = await bench.RunAsync(Bench.Step(
            $"cat {paths[0]}/version {paths[1]}", $"! touch {paths[0]}/x", $"ls {place.Folder} {place.Folder}/a",
            "[ ! -e /etc/ssh ] || ls /etc/ssh | xargs", "ls /opt"));
        Assert.True(exit.Outcome == Outcome.Passed, log);
        Assert.Contains("\nsdk 7\ntool 8\n", log, StringComparison.Ordinal);
        Assert.Contains($"\n{place.Folder}:\na\ntool\n\n{place.Folder}/a:\nb\n", log, StringComparison.Ordinal);
        if (File.Exists(paths[3])) Assert.Contains("\nmoduli\n", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_doctor_looks_for_the_same_in_short()
    {
        using var bench = new Bench();
        Assert.SkipWhen(bench.Executors.Refusal is not null, bench.Executors.Refusal ?? "");
        Assert.Empty(bench.Executors.NotFound());

        var closed = Directory.CreateDirectory(Path.Combine(bench.Folder, "closed"), UnixFileMode.None).FullName;
        using var other = new Bench(Bench.Small with { ReadOnlyPaths = ["/not/there", closed] });
        Assert.Equal(
            [("/not/there, which Auxo__Steps__ReadOnlyPaths names", "make it, or take it out of the list"),
                ($"{closed}, which Auxo__Steps__ReadOnlyPaths names",
                    $"where other users may read it: chmod -R o+rX {closed}; else take it out of the list")],
            other.Executors.NotFound().Select(static look => (look.What, look.Next)));
        var (exit, _) = await other.RunAsync(Bench.Step("true"));
        Assert.Equal(Outcome.Passed, exit.Outcome);
        File.SetUnixFileMode(closed, PrivateFiles.FolderMode);
    }

    [Fact]
    public async Task a_step_of_an_ordinary_user_finds_the_same()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "the tests run as an ordinary user already");
        Assert.SkipUnless(File.Exists("/usr/bin/setpriv"), "setpriv is not installed, so there is no way to be an ordinary user");
        var folder = Directory.CreateTempSubdirectory("auxo-ordinary-");
        folder.UnixFileMode = (UnixFileMode)0b111_111_111;
        try
        {
            var user = StepUser.Current()!;
            var start = new ProcessStartInfo("/usr/bin/setpriv", [$"--reuid={user.Uid}", $"--regid={user.Gid}", "--clear-groups",
                Environment.ProcessPath!, "-noColor", "-class", typeof(OrdinaryMachineTests).FullName!])
            {
                RedirectStandardOutput = true, UseShellExecute = false, WorkingDirectory = folder.FullName,
                Environment = { ["HOME"] = folder.FullName, ["TMPDIR"] = folder.FullName },
            };
            using var tests = Process.Start(start)!;
            var output = await tests.StandardOutput.ReadToEndAsync(CancellationToken.None);
            await tests.WaitForExitAsync(CancellationToken.None);
            Assert.SkipUnless(
                output.Contains("Total:", StringComparison.Ordinal), $"user {user.Uid} cannot start these tests here: {output}");
            Assert.True(tests.ExitCode == 0, output);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>All rows in one step.</summary>
    public sealed partial class Machine : IAsyncLifetime
    {
        private const string Run = """
            for row in rows/*; do
              read -r _ programs <$row
              missing=
              for program in $programs; do command -v $program >/dev/null || missing=$program; done
              if [ "$missing" ]; then echo "=== $row missing $missing"; continue; fi
              here=$PWD; mkdir -p /tmp/in/$row; cd /tmp/in/$row; code=0
              timeout 60 bash -eu -o pipefail $here/$row || code=$?
              cd $here; echo "=== $row $code"
            done
            """;

        private readonly Bench _bench = new(Bench.Small with
        {
            MemoryBytes = 2L << 30, Processes = 512, TemporaryBytes = 256 << 20, FileBytes = 64 << 20,
        });
        private readonly Dictionary<string, (string Script, string Output, string End)> _rows = new(StringComparer.Ordinal);

        public async ValueTask InitializeAsync()
        {
            MachineRow[] rows = [.. MachineRow.Seen, .. MachineRow.Closed];
            _bench.Commit([.. rows.Select(static (row, i) =>
                ($"rows/{i:000}", $"# {row.Programs}\nno() {{ ! \"$@\"; }}\n{row.Script}\n"))]);
            var (_, log) = await _bench.RunAsync(Bench.Step(Run) with
            {
                Environment = new Dictionary<string, string>
                {
                    ["HOST_AUXO"] = _bench.Layout.Home,
                    ["HOST_HOME"] = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
                },
            });
            var from = log.IndexOf("\n> done\n", StringComparison.Ordinal) + 8;
            foreach (Match end in EndOfRow().Matches(log, from))
            {
                var row = rows[int.Parse(end.Groups["row"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture)];
                _rows[row.Name] = (row.Script, log[from..end.Index], end.Groups["end"].Value);
                from = end.Index + end.Length;
            }

            if (_rows.Count != rows.Length) throw new InvalidOperationException($"Some rows have no end:\n{log}");
        }

        public void Judge(string name)
        {
            var (script, output, end) = _rows[name];
            if (end.StartsWith("missing ", StringComparison.Ordinal)) Assert.Skip($"not installed: {end["missing ".Length..]}");
            Assert.True(end == "0", $"{script}\nended with {end}:\n{output}");
        }

        public ValueTask DisposeAsync()
        {
            _bench.Dispose();
            return ValueTask.CompletedTask;
        }

        [GeneratedRegex("^=== rows/(?<row>[0-9]{3}) (?<end>.*)\n", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
        private static partial Regex EndOfRow();
    }
}
