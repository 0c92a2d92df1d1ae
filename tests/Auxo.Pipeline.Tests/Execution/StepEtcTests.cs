using Auxo.Pipeline.Execution;
using Auxo.Pipeline.Execution.Bubblewrap;

namespace Auxo.Pipeline.Tests.Execution;

public sealed class StepEtcTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-etc-test-").FullName;
    private readonly string _host;
    private readonly string _place;

    public StepEtcTests()
    {
        _host = Directory.CreateDirectory(Path.Combine(_folder, "host")).FullName;
        _place = Directory.CreateDirectory(Path.Combine(_folder, "place")).FullName;
        Write("services", "http 80/tcp\n");
    }

    [Fact]
    public void only_names_that_programs_need_and_only_what_everybody_may_read_is_copied()
    {
        Write("shadow", "root:secret\n");
        Write("npmrc", "token=secret\n");
        Write("java-21-openjdk/security/java.security", "x\n");
        Write("java-21-openjdk/management/jmxremote.password", "secret\n", (UnixFileMode)0b110_100_000);
        Write("ssl/certs/a.pem", "a\n");
        Write("ssl/private/key", "secret\n");
        Write("alternatives/closed/x", "secret\n");
        File.SetUnixFileMode(Path.Combine(_host, "alternatives", "closed"), (UnixFileMode)0b111_101_000);
        File.CreateSymbolicLink(Path.Combine(_host, "alternatives", "awk"), "/usr/bin/mawk");

        var etc = Etc().Current();

        Assert.Equal(
            ["alternatives/awk", "group", "hostname", "hosts", "java-21-openjdk/security/java.security", "nsswitch.conf", "passwd",
                "resolv.conf", "services", "ssl/certs/a.pem"],
            Directory.EnumerateFiles(etc, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(etc, file))
                .Order(StringComparer.Ordinal));
        Assert.Equal("/usr/bin/mawk", new FileInfo(Path.Combine(etc, "alternatives", "awk")).LinkTarget);
        Assert.Contains("step:x:1234:1235:step:/home/step:/bin/bash\n", File.ReadAllText(Path.Combine(etc, "passwd")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void a_link_that_leads_to_where_no_step_comes_is_what_it_leads_to()
    {
        var bundle = Path.Combine(_folder, "bundle");
        File.WriteAllText(bundle, "certificates\n");
        Directory.CreateDirectory(Path.Combine(_host, "ssl"));
        File.CreateSymbolicLink(Path.Combine(_host, "ssl", "cert.pem"), bundle);
        File.CreateSymbolicLink(Path.Combine(_host, "localtime"), "/usr/share/../bin/env");
        File.CreateSymbolicLink(Path.Combine(_host, "timezone"), "/not/there");

        var etc = Etc().Current();

        Assert.Null(new FileInfo(Path.Combine(etc, "ssl", "cert.pem")).LinkTarget);
        Assert.Equal("certificates\n", File.ReadAllText(Path.Combine(etc, "ssl", "cert.pem")));
        Assert.Equal("/usr/share/../bin/env", new FileInfo(Path.Combine(etc, "localtime")).LinkTarget);
        Assert.False(Path.Exists(Path.Combine(etc, "timezone")));
    }

    [Fact]
    public void what_is_installed_later_is_there_for_the_next_step_while_a_running_one_keeps_its_own()
    {
        var etc = Etc();
        var first = etc.Current();
        Assert.Equal(first, etc.Current());

        Write("java-25-openjdk/x", "x\n");
        Directory.SetLastWriteTimeUtc(_host, new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var second = etc.Current();

        Assert.NotEqual(first, second);
        Assert.True(File.Exists(Path.Combine(second, "java-25-openjdk", "x")));
        Assert.True(Directory.Exists(first));

        Assert.Equal([Etc().Current()], Directory.EnumerateDirectories(_place));
    }

    [Fact]
    public void a_path_of_the_operator_below_etc_has_its_place()
    {
        var etc = Etc("/etc/not/there", "/etc/passwd", "/opt/x").Current();
        Assert.Equal(0, new FileInfo(Path.Combine(etc, "not", "there")).Length);
        Assert.False(Directory.Exists(Path.Combine(etc, "x")));
    }

    [Theory]
    [InlineData("opt/jdk", "is not absolute")]
    [InlineData("/", "holds /home/a/auxo, whose secrets steps would read")]
    [InlineData("/home/a", "holds /home/a/auxo, whose secrets steps would read")]
    [InlineData("/home/a/auxo/run/pg", "is in /home/a/auxo, whose secrets steps would read")]
    [InlineData("/etc", "holds /etc, of which steps have their own")]
    [InlineData("/run", "holds /run, of which steps have their own")]
    [InlineData("/var", "holds /var/tmp, of which steps have their own")]
    [InlineData("/workspace/x", "is in /workspace, of which steps have their own")]
    [InlineData("/dev/kvm", "is in /dev, of which steps have their own")]
    public void a_path_that_would_open_secrets_or_cover_what_steps_have_is_refused(string path, string why)
        => Assert.StartsWith(
            $"'{path}' in Auxo__Steps__ReadOnlyPaths {why}", OperatorPaths.Refuse(["/opt/jdk", path], "/home/a/auxo"),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("/opt")]
    [InlineData("/home/a/auxo2")]
    [InlineData("/home/a/.cargo")]
    [InlineData("/etc/maven")]
    [InlineData("/var/lib/gems")]
    [InlineData("/tmp/tools")]
    [InlineData("/run/tool")]
    public void any_other_path_is_taken(string path) => Assert.Null(OperatorPaths.Refuse([path], "/home/a/auxo"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private StepEtc Etc(params string[] mountPoints) => new(_place, new StepUser(1234, 1235), mountPoints, _host);

    private void Write(string name, string text, UnixFileMode mode = (UnixFileMode)0b110_100_100)
    {
        var path = Path.Combine(_host, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, mode);
    }
}
