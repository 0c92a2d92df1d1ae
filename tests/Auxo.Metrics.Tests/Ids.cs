using System.Security.Cryptography;
using System.Text;

using Auxo.Contracts;

namespace Auxo.Metrics.Tests;

/// <summary>Real ids for the short names that test data has.</summary>
internal static class Ids
{
    public static readonly Did Somebody = Did.Parse("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK");

    public static Rid Rid(string name) => Contracts.Rid.Parse($"git:{name}-{Hash(name)[..8]}");

    public static CommitId Commit(string name) => CommitId.Parse(Hash(name));

    public static PatchId Patch(string name) => PatchId.Parse(Hash("patch " + name));

    public static RevisionId Revision(string name) => RevisionId.Parse(Hash("revision " + name));

    public static Guid Build(string name) => new(Convert.FromHexString(Hash("build " + name)[..32]));

    private static string Hash(string name)
    {
#pragma warning disable CA5350 // Ids of git are SHA-1; nothing relies on its strength here.
        return Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(name)));
#pragma warning restore CA5350
    }
}
