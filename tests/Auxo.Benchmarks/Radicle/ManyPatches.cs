using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Radicle;
using Auxo.Testing.Radicle;

namespace Auxo.Benchmarks.Radicle;

/// <summary>A repository in Radicle's storage with any number of patches, as somebody's node has it after years.</summary>
internal sealed class ManyPatches : IDisposable
{
    /// <summary>Patches that are written, and signed for, at once.</summary>
    private const int AtOnce = 1000;

    private readonly string _folder;
    private readonly SigningKey _key;
    private readonly RadicleTestKey _founder = new("founder");

    private ManyPatches(string folder, SigningKey key) => (_folder, _key) = (folder, key);

    /// <summary>Makes the key of whoever writes the patches.</summary>
    public static async Task<ManyPatches> CreateAsync(CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("auxo-bench-key-").FullName;
        return new ManyPatches(folder, await KeyAsync(folder, ct));
    }

    /// <summary>Writes the repository.</summary>
    /// <param name="storage">The folder of all repositories.</param>
    /// <param name="name">Its name.</param>
    /// <param name="patches">How many patches.</param>
    /// <param name="operations">Operations of each: the patch, and comments.</param>
    /// <param name="ct">Stops.</param>
    /// <returns>Its folder and its id.</returns>
    public async Task<RadicleStorage> WriteAsync(string storage, string name, int patches, int operations, CancellationToken ct)
    {
        var written = await RadicleStorage.CreateAsync(
            storage, name, _founder, new Dictionary<string, string>(StringComparer.Ordinal) { ["README.md"] = $"# {name}\n" });
        await using var repository = await RadicleRepository.OpenAsync(written.Path, ct);
        var home = new RadicleHome(_folder, Path.Combine(_folder, "none.sock"));
        var head = CommitId.Parse(written.Head);
        for (var done = 0; done < patches; done += AtOnce)
        {
            var own = await CobWriter.ReadOwnAsync(repository, _key.Owner, ct);
            var changes = Enumerable.Range(done, Math.Min(AtOnce, patches - done))
                .Select(i => new CobChange(CobTypes.Patch, null, [], [.. Patch(i, head, operations)])).ToList();
            if (await CobWriter.WriteAsync(repository, home, _key, own, changes, DateTimeOffset.UnixEpoch.AddYears(56), ct) is not
                CobWrite.Written) throw new InvalidOperationException("The patches could not be written.");
        }

        return written;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _key.Dispose();
        _founder.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static IEnumerable<PlannedOperation> Patch(int number, CommitId head, int operations)
    {
        yield return _ => new NewOperation(
            [
                new JsonObject { ["type"] = "revision", ["description"] = "", ["base"] = head.Value, ["oid"] = head.Value },
                new JsonObject
                {
                    ["type"] = "edit", ["title"] = string.Create(CultureInfo.InvariantCulture, $"Change {number}"),
                    ["target"] = "delegates",
                },
            ],
            "Open", [head]);
        for (var i = 1; i < operations; i++)
        {
            var text = string.Create(
                CultureInfo.InvariantCulture, $"Comment {i} on change {number}: this is what people write, a line or two.");
            yield return written => new NewOperation(
                [PatchActions.Comment(RevisionId.Parse(written[0].Value), text, place: null)], "Comment", []);
        }
    }

    private static async Task<SigningKey> KeyAsync(string folder, CancellationToken ct)
    {
        var file = Path.Combine(folder, "key");
        using (var made = Process.Start("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file])) await made.WaitForExitAsync(ct);
        // The key itself is the last field of the blob.
        var bytes = Convert.FromBase64String((await File.ReadAllTextAsync(file + ".pub", ct)).Split(' ')[1])[^32..];
        var owner = Did.Parse("did:key:" + RadicleTestKey.Multibase([0xed, 0x01, .. bytes]));
        return SigningKey.TryOpen(file, owner) ?? throw new InvalidOperationException("ssh-keygen made another key than it says.");
    }
}
