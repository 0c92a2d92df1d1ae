using Auxo.Hosting.Supervision;
using Auxo.Instances;

namespace Auxo.Hosting.Tests;

/// <summary>What <c>up --detach</c> says where an instance runs already.</summary>
public sealed class NotTakenOverTests
{
    private static readonly DateTimeOffset Started = new(2026, 11, 29, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void the_same_settings_and_the_same_build_are_no_news()
        => Assert.Null(Detached.NotTakenOver(
            Running(("Auxo__Bind", "0.0.0.0")), Settings(("Auxo__Bind", "0.0.0.0")), Started.AddHours(-1)));

    [Theory]
    [InlineData("AUXO_PORTS_INGEST", "9000", null)]
    [InlineData("AUXO_PORTS_INGEST", null, "9000")]
    [InlineData("Auxo__PublicUrl", "http://old.example", "http://new.example")]
    [InlineData("ConnectionStrings__auxo", "Host=one", "Host=two")]
    [InlineData("RAD_HOME", null, "/home/alice/.radicle")]
    public void a_setting_that_a_running_instance_does_not_have_is_named(string name, string? then, string? now)
    {
        var words = Detached.NotTakenOver(Running((name, then)), Settings((name, now), ("Auxo__Bind", null)), Started.AddHours(-1));

        Assert.Contains($"with other settings ({name}). To take over what is there now: ./auxo down, then ./auxo up", words);
    }

    [Theory]
    [InlineData("AUXO_TOKEN")]
    [InlineData("AUXO_URL")]
    [InlineData("RAD_PASSPHRASE")]
    [InlineData("PATH")]
    public void what_no_start_reads_is_no_setting(string name)
        => Assert.Null(Detached.NotTakenOver(Running(), Settings((name, "anything")), Started.AddHours(-1)));

    [Fact]
    public void a_build_after_its_start_is_said()
        => Assert.Contains("with an earlier build. ", Detached.NotTakenOver(Running(), Settings(), Started.AddMinutes(1)));

    private static InstanceFile Running(params (string Name, string? Value)[] settings)
        => new("0.1.0", 1, Started, "/nowhere", new Dictionary<string, string>()) { Settings = Settings(settings) };

    private static IReadOnlyDictionary<string, string> Settings(params (string Name, string? Value)[] settings)
        => StartSettings.Of(settings.ToDictionary(static s => s.Name, static s => s.Value));
}
