using System.Diagnostics;

using Auxo.Contracts;

using Xunit.Sdk;

namespace Auxo.Radicle.Tests;

/// <summary>Keys as <c>ssh-keygen</c> writes them, whole and damaged.</summary>
public sealed class SigningKeyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-key-").FullName;

    private string File => Path.Combine(_folder, "keys", "radicle");

    [Fact]
    public async Task what_it_signs_is_verified_with_the_public_key_beside_it()
    {
        var owner = await MakeAsync("ed25519", "");
        using var key = SigningKey.TryOpen(File, owner);
        var signature = key!.Sign("text"u8);
        Assert.True(RadicleKey.Verifies(owner, "text"u8, signature));
        Assert.False(RadicleKey.Verifies(owner, "other"u8, signature));
    }

    [Fact]
    public async Task another_ones_key_one_with_a_passphrase_and_one_that_is_not_there_sign_nothing()
    {
        var owner = await MakeAsync("ed25519", "");
        Assert.Null(SigningKey.TryOpen(File, RadicleKey.ToDid(new byte[32])));
        Assert.Null(SigningKey.TryOpen(File + ".none", owner));
        Assert.Null(SigningKey.TryOpen(_folder, owner));
        System.IO.File.Delete(File);
        await MakeAsync("ed25519", "secret");
        Assert.Null(SigningKey.TryOpen(File, owner));
    }

    [Fact]
    public async Task a_damaged_file_signs_nothing_wherever_it_ends_and_whatever_is_wrong_in_it()
    {
        var owner = await MakeAsync("ed25519", "");
        var lines = await System.IO.File.ReadAllLinesAsync(File, TestContext.Current.CancellationToken);
        var bytes = Convert.FromBase64String(string.Concat(lines[1..^1]));
        for (var length = 0; length < bytes.Length - 16; length++) Assert.Null(Opened(bytes[..length]));
        for (var at = 0; at < bytes.Length - 40; at++)
        {
            var wrong = bytes.ToArray();
            wrong[at] ^= 0x55;
            using var key = Opened(wrong);
            // What is changed may only be what nobody reads.
            Assert.True(key is null || key.Owner == owner, $"byte {at}");
        }

        SigningKey? Opened(byte[] content)
        {
            var path = Path.Combine(_folder, "damaged");
            var body = Convert.ToBase64String(content).Chunk(70).Select(static line => new string(line));
            System.IO.File.WriteAllLines(path, [lines[0], .. body, lines[^1]]);
            return SigningKey.TryOpen(path, owner);
        }
    }

    private async Task<Did> MakeAsync(string kind, string passphrase)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        try
        {
            using var made = Process.Start("ssh-keygen", ["-q", "-t", kind, "-N", passphrase, "-C", "radicle", "-f", File]);
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw SkipException.ForSkip("ssh-keygen is not installed");
        }

        return (await RadProgram.OwnerAsync(new RadicleHome(_folder, ""), TestContext.Current.CancellationToken))!.Value;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
