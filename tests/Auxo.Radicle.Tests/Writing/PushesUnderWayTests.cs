using System.Diagnostics;

using Auxo.Contracts;
using Auxo.Testing;

namespace Auxo.Radicle.Tests;

/// <summary>A person's push is seen while it has not signed yet.</summary>
public sealed class PushesUnderWayTests
{
    private static readonly Did Own = Did.Parse("did:key:z6MktULudTtAsAhRegYPiZ6631RV3viv12qd4GQF8z1xB22S");

    [Fact]
    public async Task a_push_to_this_repository_is_seen_until_it_has_signed_or_ended()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "there is no /proc here");
        var storage = Directory.CreateTempSubdirectory("auxo-storage-").FullName;
        var (id, other) = (Path.Combine(storage, "z2pZJVy1Xk983aLKg1CrNgsQBXcXC"), Path.Combine(storage, "z3other"));
        Directory.CreateDirectory(other);
        var signed = Path.Combine(id, "refs", "namespaces", Own.Nid, "refs", "rad", "sigrefs");
        Directory.CreateDirectory(Path.GetDirectoryName(signed)!);
        await File.WriteAllTextAsync(signed, "", TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(signed, File.GetLastWriteTimeUtc(signed) - TimeSpan.FromSeconds(10));
        Assert.False(PushesUnderWay.AreThere(id, Own));

        var helper = Path.Combine(storage, "git-remote-rad");
        await File.WriteAllTextAsync(helper, "#!/bin/sh\nread line\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(helper, (UnixFileMode)0b111_101_101);
        using var push = Process.Start(new ProcessStartInfo(helper, ["rad", $"rad://{Path.GetFileName(id)}/{Own.Nid}"])
        {
            RedirectStandardInput = true, UseShellExecute = false,
        })!;
        try
        {
            await Eventually.TrueAsync(() => Task.FromResult(PushesUnderWay.AreThere(id, Own)), "the push is seen");
            Assert.False(PushesUnderWay.AreThere(other, Own));

            // It has signed, and goes on telling other nodes. When a process began is known to some hundredths of a second.
            File.SetLastWriteTimeUtc(signed, TimeProvider.System.GetUtcNow().UtcDateTime + TimeSpan.FromSeconds(1));
            Assert.False(PushesUnderWay.AreThere(id, Own));
            File.SetLastWriteTimeUtc(signed, TimeProvider.System.GetUtcNow().UtcDateTime - TimeSpan.FromSeconds(10));
        }
        finally
        {
            push.Kill();
            await push.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.False(PushesUnderWay.AreThere(id, Own));
    }
}
