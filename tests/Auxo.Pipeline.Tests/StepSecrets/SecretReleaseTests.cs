using Auxo.Contracts;
using Auxo.Pipeline.StepSecrets;

namespace Auxo.Pipeline.Tests.StepSecrets;

/// <summary>Which step of which build is given which secret.</summary>
public sealed class SecretReleaseTests
{
    private static readonly StepSecret Plain = new(null, "TOKEN", [], [], SecretPatches.None, "admin", DateTimeOffset.UnixEpoch);
    private static readonly StepSecret Releases = Plain with { Branches = ["release/*", "refs/tags/v*"] };
    private static readonly StepSecret Patches = Plain with { Patches = SecretPatches.Trusted };
    private static readonly StepSecret Strangers = Plain with { Patches = SecretPatches.Approved };
    private static readonly StepSecret Deploys = Plain with { Steps = ["deploy*", "publish"] };

    /// <summary>The secret, the build, the step, and null or what the refusal says.</summary>
    public static TheoryData<StepSecret, SecretRelease, string, string?> Table => new()
    {
        { Plain, Build(BuildTrigger.Branch, "main"), "any", null },
        { Plain, Build(BuildTrigger.Schedule, "main"), "any", null },
        { Plain, Build(BuildTrigger.Tag, "v1"), "any", null },
        { Plain, Build(BuildTrigger.Branch, "next"), "any", 
            "not for branch next: auxo secret set TOKEN --repository demo --branch main --branch 'refs/tags/**' --branch next" },
        { Plain, Build(BuildTrigger.Branch, "old/main"), "any", "not for branch old/main" },
        { Plain, Build(BuildTrigger.Schedule, "next"), "any", "not for branch next" },
        { Plain, Build(BuildTrigger.Branch, "a b; rm -rf ~"), "any", "--branch 'a b; rm -rf ~'" },
        { Plain, Build(BuildTrigger.Patch, "main"), "any", "not for patches: auxo secret set TOKEN --repository demo --patches" },
        { Plain, Build(BuildTrigger.Manual, "main") with { IsHead = true }, "any", null },
        { Plain, Build(BuildTrigger.Manual, "main"), "any", "by hand" },
        { Releases, Build(BuildTrigger.Branch, "release/1"), "any", null },
        { Releases, Build(BuildTrigger.Branch, "release/1/x"), "any", "not for branch" },
        { Releases, Build(BuildTrigger.Branch, "main"), "any", "not for branch main" },
        { Releases, Build(BuildTrigger.Branch, "refs/tags/v1"), "any", "not for branch" },
        { Releases, Build(BuildTrigger.Tag, "v1"), "any", null },
        { Releases, Build(BuildTrigger.Tag, "release/1"), "any",
            "not for tag release/1: auxo secret set TOKEN --repository demo --branch 'release/*' --branch 'refs/tags/v*' "
                + "--branch refs/tags/release/1" },
        { Releases, Build(BuildTrigger.Manual, "release/1") with { IsHead = true }, "any", "by hand" },
        { Patches, Build(BuildTrigger.Patch, "main"), "any", null },
        { Patches, Build(BuildTrigger.Patch, "main", Trust.Stranger), "any",
            "not for strangers, approved or not: auxo secret set TOKEN --repository demo --stranger-approved" },
        { Strangers, Build(BuildTrigger.Patch, "main", Trust.Stranger), "any", null },
        { Strangers, Build(BuildTrigger.Patch, "main"), "any", null },
        { Strangers, Build(BuildTrigger.Manual, "main", Trust.Stranger) with { IsHead = true }, "any", "strangers' patches only" },
        { Strangers, Build(BuildTrigger.Branch, "main", Trust.Stranger), "any", "strangers' patches only" },
        { Deploys, Build(BuildTrigger.Branch, "main"), "deploy-eu", null },
        { Deploys, Build(BuildTrigger.Branch, "main"), "publish", null },
        { Deploys, Build(BuildTrigger.Branch, "main"), "publish2",
            "not for the step publish2: auxo secret set TOKEN --repository demo --step 'deploy*' --step publish --step publish2" },
        { Deploys, Build(BuildTrigger.Patch, "main"), "deploy", "--repository demo --step 'deploy*' --step publish --patches" },
        { Deploys, Build(BuildTrigger.Branch, "main"), "Deploy", "not for the step" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void a_step_is_given_a_secret_or_hears_why_not(StepSecret secret, SecretRelease build, string step, string? refusal)
    {
        var said = build.Refuse(secret, step);
        if (refusal is null) Assert.Null(said);
        else Assert.Contains(refusal, said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TOKEN", true)]
    [InlineData("_x1", true)]
    [InlineData("1X", false)]
    [InlineData("A-B", false)]
    [InlineData("", false)]
    [InlineData("PATH", false)]
    [InlineData("HOME", false)]
    [InlineData("UID", false)]
    [InlineData("AUXO_COMMIT", false)]
    [InlineData("AUXO", false)]
    public void a_name_is_that_of_a_variable_of_its_own(string name, bool right)
        => Assert.Equal(right, SecretInput.RefuseName(name) is null);

    [Theory]
    [InlineData("abc", false)]
    [InlineData("abc \n", false)]
    [InlineData("abcd", true)]
    [InlineData("a\0bcd", false)]
    [InlineData("a\uFFFDbcd", false)]
    public void a_value_is_text_that_can_be_hidden(string value, bool right)
    {
        var said = SecretInput.RefuseValue(value);
        Assert.Equal(right, said is null);
        Assert.DoesNotContain(value, said ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void a_value_has_at_most_64_KiB()
    {
        Assert.Null(SecretInput.RefuseValue(new string('x', SecretInput.MaxBytes)));
        Assert.NotNull(SecretInput.RefuseValue(new string('x', SecretInput.MaxBytes + 1)));
    }

    private static SecretRelease Build(BuildTrigger trigger, string branch, Trust trust = Trust.Trusted)
        => new("demo", "main", trigger, branch, trust, IsHead: false);
}
