namespace Auxo.Console.Settings;

/// <summary>What an operator may choose of all services, and what the pipeline found on this machine.</summary>
/// <param name="Settings">Each once, though several services read it.</param>
/// <param name="Found">What is on and what is off, as <c>auxo doctor</c> says it.</param>
internal sealed record SettingsInForce(IReadOnlyList<Setting> Settings, IReadOnlyList<Diagnosis> Found)
{
    /// <summary>Asks all at once; a service that is silent or refuses says nothing here, and the tokens are there all the same.</summary>
    public static async Task<SettingsInForce> ReadAsync(Clients clients, CancellationToken ct)
    {
        var found = clients.OrNothingAsync(clients.Diagnosis("pipeline").LookAsync(ct));
        var settings = await Task.WhenAll(
            Contracts.KnownServices.Names.Select(name => clients.OrNothingAsync(clients.SettingsOf(name).SettingsAsync(ct))));
        return new(
            [.. settings.SelectMany(static page => page?.Items ?? []).DistinctBy(static s => s.Variable)], (await found)?.Items ?? []);
    }
}
