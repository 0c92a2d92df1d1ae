using Auxo.Pipeline.Artifacts;

namespace Auxo.Pipeline.StepSecrets.Keys;

/// <summary>
/// The keys of this instance: <c>secrets.key</c>, one in a line, the first for new values. Two only while a rotation is under way, or when
/// one was cut off. The file is read each time, so that one that an operator puts back counts at once.
/// </summary>
internal sealed class SecretKeys(InstanceLayout layout) : IDisposable
{
    /// <summary>Held while values are written: none is encrypted by a key that a rotation is about to remove.</summary>
    private readonly SemaphoreSlim _writing = new(1, 1);

    /// <summary>Takes the turn to write; dispose it at the end.</summary>
    public async Task<IDisposable> WriteAsync(CancellationToken ct)
    {
        await _writing.WaitAsync(ct);
        return new Turn(_writing);
    }

    /// <summary>The key for new values, made when it is first asked for; on the disk before it is returned. In a turn to write.</summary>
    /// <exception cref="SecretKeysException">The file is not what it should be.</exception>
    public SecretKey Current()
    {
        if (Read() is [var first, ..]) return first;
        var made = SecretKey.Generate();
        Store([made]);
        return made;
    }

    /// <summary>
    /// A key that no value has, behind those that are there: of a rotation that was cut off, or a new one. In a turn to write.
    /// </summary>
    /// <exception cref="SecretKeysException">The file is not what it should be.</exception>
    public SecretKey Add(IReadOnlySet<string> used)
    {
        if (Read().Skip(1).FirstOrDefault(key => !used.Contains(key.Id)) is { } left) return left;
        var added = SecretKey.Generate();
        Store([.. Read(), added]);
        return added;
    }

    /// <summary>Makes one the first, and removes the others but for those in use. In a turn to write.</summary>
    public void Keep(SecretKey first, IReadOnlySet<string> used)
        => Store([first, .. Read().Where(key => key.Id != first.Id && used.Contains(key.Id))]);

    /// <summary>All keys.</summary>
    /// <exception cref="SecretKeysException">The file is not what it should be.</exception>
    public IReadOnlyList<SecretKey> Read()
    {
        if (!File.Exists(layout.SecretsKey)) return [];
        PrivateFiles.Close(layout.SecretsKey);
        var keys = new List<SecretKey>();
        foreach (var line in File.ReadLines(layout.SecretsKey).Where(static line => !string.IsNullOrWhiteSpace(line)))
        {
            var key = new byte[SecretKey.Bytes];
            if (!Convert.TryFromBase64String(line.Trim(), key, out var length) || length != SecretKey.Bytes)
                throw new SecretKeysException(layout.SecretsKey);
            keys.Add(new SecretKey(key));
        }

        return keys;
    }

    /// <inheritdoc/>
    public void Dispose() => _writing.Dispose();

    private void Store(IReadOnlyList<SecretKey> keys)
    {
        var fresh = layout.SecretsKey + ".new";
        File.Delete(fresh);
        using (var file = PrivateFiles.Open(fresh, FileMode.CreateNew, FileShare.None))
        {
            using var writer = new StreamWriter(file, leaveOpen: true);
            foreach (var key in keys) writer.Write(key.Text + "\n");
            writer.Flush();
            file.Flush(flushToDisk: true);
        }

        File.Move(fresh, layout.SecretsKey, overwrite: true);
        BlobStore.SyncFolder(layout.Home);
    }

    private sealed class Turn(SemaphoreSlim writing) : IDisposable
    {
        public void Dispose() => writing.Release();
    }
}

/// <summary>The file of the keys has something else in it.</summary>
internal sealed class SecretKeysException(string path) : AuxoException(
    "secret/unreadable-keys", 409,
    $"{path} has a line that is no key. Put the file back from your copy; or move it away, and set the secrets again.");
