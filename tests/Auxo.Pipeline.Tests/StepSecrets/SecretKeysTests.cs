using System.Security.Cryptography;

using Auxo.Contracts;
using Auxo.Instances;
using Auxo.Pipeline.StepSecrets.Keys;

namespace Auxo.Pipeline.Tests.StepSecrets;

/// <summary>How values are encrypted, and where the keys lie.</summary>
public sealed class SecretKeysTests : IDisposable
{
    private static readonly Rid Demo = Rid.Parse("rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5");
    private static readonly Rid Other = Rid.Parse("rad:z2u2CP3ZJzB7ZqE8jHrau19yjcfCQ");
    private readonly InstanceLayout _layout = new(Directory.CreateTempSubdirectory("auxo-keys-").FullName);

    [Fact]
    public void a_value_comes_back_only_by_its_key_for_its_repository_and_name()
    {
        var key = SecretKey.Generate();
        var sealed1 = key.Encrypt(Demo, "TOKEN", "grün 😀");
        Assert.Equal("grün 😀", key.Decrypt(Demo, "TOKEN", sealed1));
        Assert.NotEqual(sealed1, key.Encrypt(Demo, "TOKEN", "grün 😀"));
        foreach (var open in (Action[])[
            () => SecretKey.Generate().Decrypt(Demo, "TOKEN", sealed1), () => key.Decrypt(Other, "TOKEN", sealed1),
            () => key.Decrypt(null, "TOKEN", sealed1), () => key.Decrypt(Demo, "OTHER", sealed1),
            () => key.Decrypt(Demo, "TOKEN", sealed1.AsSpan(0, sealed1.Length - 1)), () => key.Decrypt(Demo, "TOKEN", [])])
            Assert.ThrowsAny<CryptographicException>(open);
        for (var i = 0; i < sealed1.Length; i++)
        {
            var changed = (byte[])sealed1.Clone();
            changed[i] ^= 1;
            Assert.ThrowsAny<CryptographicException>(() => key.Decrypt(Demo, "TOKEN", changed));
        }
    }

    [Fact]
    public void the_key_is_made_once_in_a_file_that_nobody_else_reads()
    {
        using var keys = new SecretKeys(_layout);
        Assert.Empty(keys.Read());
        var first = keys.Current();
        Assert.Equal(first.Id, new SecretKeys(_layout).Current().Id);
        Assert.Equal(PrivateFiles.FileMode, File.GetUnixFileMode(_layout.SecretsKey));
        Assert.Equal([Path.GetFileName(_layout.SecretsKey)], Directory.EnumerateFiles(_layout.Home).Select(Path.GetFileName));
        File.SetUnixFileMode(_layout.SecretsKey, PrivateFiles.FileMode | UnixFileMode.OtherRead);
        Assert.Single(keys.Read());
        Assert.Equal(PrivateFiles.FileMode, File.GetUnixFileMode(_layout.SecretsKey));
    }

    [Fact]
    public void a_rotation_keeps_both_keys_until_nothing_needs_the_old_one()
    {
        using var keys = new SecretKeys(_layout);
        var old = keys.Current();
        var used = new HashSet<string>([old.Id], StringComparer.Ordinal);
        var added = keys.Add(used);
        Assert.Equal([old.Id, added.Id], keys.Read().Select(static key => key.Id));
        // One that was cut off is gone on with.
        Assert.Equal(added.Id, keys.Add(used).Id);
        keys.Keep(added, used);
        Assert.Equal([added.Id, old.Id], keys.Read().Select(static key => key.Id));
        keys.Keep(added, new HashSet<string>([added.Id], StringComparer.Ordinal));
        Assert.Equal([added.Id], keys.Read().Select(static key => key.Id));
    }

    [Fact]
    public void a_file_with_something_else_in_it_is_not_written_over()
    {
        File.WriteAllText(_layout.SecretsKey, "mine\n");
        using var keys = new SecretKeys(_layout);
        Assert.Throws<SecretKeysException>(keys.Current);
        Assert.Equal("mine\n", File.ReadAllText(_layout.SecretsKey));
    }

    public void Dispose() => Directory.Delete(_layout.Home, recursive: true);
}
