using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Auxo.Registry.People;

/// <summary>
/// Hashes passwords and compares them. A comparison costs a tenth of a second of a core; not more than two run at once, so that a flood
/// of wrong ones leaves the rest of the service its time.
/// </summary>
public sealed class Passwords : IDisposable
{
    /// <summary>What OWASP advises for PBKDF2 with SHA-512; a stored hash says how many it has.</summary>
    private const int Rounds = 210_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly PasswordHasher<string> _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Rounds }));
    private readonly SemaphoreSlim _places = new(2, 2);
    private readonly string _other;

    /// <summary>Makes the hash with which the password of a name that does not exist is compared.</summary>
    public Passwords() => _other = _hasher.HashPassword("", Guid.NewGuid().ToString());

    /// <summary>What is stored of a password.</summary>
    public Task<string> HashAsync(string password, CancellationToken ct)
        => AloneAsync(() => _hasher.HashPassword("", password), ct);

    /// <summary>True when it is the stored one. Where there is none it takes as long, and is false.</summary>
    /// <exception cref="BusyException">Too many are compared already.</exception>
    public async Task<bool> IsAsync(string? stored, string password, CancellationToken ct)
        => await AloneAsync(() => _hasher.VerifyHashedPassword("", stored ?? _other, password), ct)
            is not PasswordVerificationResult.Failed && stored is not null;

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();

    private async Task<T> AloneAsync<T>(Func<T> work, CancellationToken ct)
    {
        if (!await _places.WaitAsync(Patience, ct)) throw new BusyException();
        try
        {
            return await Task.Run(work, ct);
        }
        finally
        {
            _places.Release();
        }
    }
}

/// <summary>More passwords are compared than there is time for.</summary>
public sealed class BusyException() : AuxoException(
    "session/busy", StatusCodes.Status503ServiceUnavailable, "Many people sign in at this moment. Try again in a few seconds.");
