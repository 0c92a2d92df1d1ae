using System.Net.Http.Json;
using System.Security.Cryptography;

using Auxo.Testing;

namespace Auxo.Benchmarks.Registry;

/// <summary>A size of file that is measured.</summary>
internal sealed record FileSize(string Name, int Bytes)
{
    /// <summary>Small ones are counted, large ones are weighed.</summary>
    public string Unit => Bytes >= 16 << 20 ? "MB/s" : "1/s";

    /// <summary>All that are measured.</summary>
    public static IReadOnlyList<FileSize> All { get; } = [new("1 KiB", 1 << 10), new("1 MiB", 1 << 20), new("64 MiB", 64 << 20)];

    /// <summary>Answers per second in the unit of this size.</summary>
    public double Value(LoadRound round) => Unit == "MB/s" ? round.PerSecond * Bytes / 1e6 : round.PerSecond;

    /// <summary>Bytes that do not compress.</summary>
    public byte[] Content() => RandomNumberGenerator.GetBytes(Bytes);
}

/// <summary>The registry of a running instance, with a raw repository to measure with.</summary>
internal sealed class RegistrySide(AuxoInstance instance, string repository)
{
    /// <summary>An administrator's.</summary>
    public string Token { get; } = File.ReadAllText(Path.Combine(instance.Home, "run", "admin.token")).Trim();

    /// <summary>Where it listens.</summary>
    public Uri Address => instance.Url("registry");

    /// <summary>The service's process.</summary>
    public async Task<int> ProcessIdAsync()
        => (await instance.ResourceAsync("registry")).Pid ?? throw new InvalidOperationException("The registry does not run.");

    /// <summary>Makes the repository.</summary>
    public static async Task<RegistrySide> CreateAsync(BenchmarkContext context, string repository, CancellationToken ct)
    {
        var instance = await context.PlainInstanceAsync();
        using var defined = await instance.Client("registry")
            .PutAsJsonAsync($"/repositories/{repository}", new { quotaBytes = 1L << 40 }, ct);
        defined.EnsureSuccessStatusCode();
        return new RegistrySide(instance, repository);
    }

    /// <summary>Stores a file.</summary>
    public async Task PutAsync(string name, byte[] content, CancellationToken ct)
    {
        using var body = new ByteArrayContent(content);
        using var put = await instance.Client("registry").PutAsync(new Uri($"/raw/{repository}/{name}", UriKind.Relative), body, ct);
        put.EnsureSuccessStatusCode();
    }

    /// <summary>The head of a request for a file, with the token that every client needs.</summary>
    public string Head(string method, string name) => $"{method} /raw/{repository}/{name} HTTP/1.1\r\nAuthorization: Bearer {Token}";

    /// <summary>The same for any path.</summary>
    public string HeadOf(string path) => $"GET {path} HTTP/1.1\r\nAuthorization: Bearer {Token}";
}
