using System.Security.Cryptography;

using Auxo.Testing.Receivers;

namespace Auxo.Torture.Load;

/// <summary>What came under one webhook-id.</summary>
/// <param name="Times">How often.</param>
/// <param name="Bodies">How many different bodies; more than one is a defect.</param>
/// <param name="Unsigned">How many of them had a wrong signature.</param>
internal sealed record Heard(int Times, int Bodies, int Unsigned);

/// <summary>Somebody who is told, and remembers all of it.</summary>
internal sealed class Receiver(WebhookReceiver ear) : IAsyncDisposable
{
    /// <summary>Where it listens.</summary>
    public Uri Address => ear.Address;

    /// <summary><c>whsec_…</c>, known before anything is told.</summary>
    public string Secret { get; } = "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>Begins to listen.</summary>
    public static async Task<Receiver> StartAsync() => new(await WebhookReceiver.StartAsync());

    /// <summary>What came so far, by webhook-id; once.</summary>
    public async Task<IReadOnlyDictionary<string, Heard>> HeardAsync()
    {
        var all = new List<Received>();
        while (ear.Waiting > 0) all.Add(await ear.NextAsync());
        return all.GroupBy(static r => r.Id, StringComparer.Ordinal).ToDictionary(
            static g => g.Key,
            g => new Heard(g.Count(), g.DistinctBy(static r => Convert.ToHexString(SHA256.HashData(r.Body)))
                .Count(), g.Count(r => !r.IsSignedWith(Secret))), StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ear.DisposeAsync();
}
