using Xunit;

namespace Auxo.Testing;

/// <summary>
/// Recordings of the real programs that stand outside the repository. <c>AUXO_FIXTURES</c> names their folder; where it is
/// unset, tests that need them skip and say so.
/// </summary>
public static class Fixtures
{
    /// <summary>The path of a file or folder under <c>AUXO_FIXTURES</c>; skips the running test when there is none.</summary>
    public static string Require(string relative)
    {
        var root = Environment.GetEnvironmentVariable("AUXO_FIXTURES");
        Assert.SkipWhen(string.IsNullOrEmpty(root), $"AUXO_FIXTURES is not set; {relative} is not here.");
        var path = Path.Combine(root!, relative);
        Assert.SkipUnless(Path.Exists(path), $"{path} is not here.");
        return path;
    }
}
