using System.Security.Cryptography;
using System.Text;

using Auxo.Instances;
using Auxo.Radicle;

namespace Auxo.Registry.Publishing;

/// <summary>
/// The key by which this registry signs where files came from. It is made when it is first needed, and stays: whoever trusts it
/// has written its DID down.
/// </summary>
public sealed class ProvenanceKey(InstanceLayout layout) : IDisposable
{
    private readonly Lazy<SigningKey> _key = new(() => SigningKey.OfSeed(
        SHA256.HashData(Encoding.ASCII.GetBytes(PrivateFiles.Secret(layout.ProvenanceKey)))));

    /// <summary>By which it is known.</summary>
    public Did Did => _key.Value.Owner;

    /// <summary>A statement in its signed envelope.</summary>
    public byte[] Sign(ReadOnlySpan<byte> statement) => SignedStatement.Sign(Provenance.MediaType, statement, _key.Value);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_key.IsValueCreated) _key.Value.Dispose();
    }
}
