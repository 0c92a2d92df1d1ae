using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

using Auxo.Testing;

namespace Auxo.Benchmarks.Console;

/// <summary>The console of a running instance, and somebody who is signed in there.</summary>
internal sealed class ConsoleSide : IDisposable
{
    private ConsoleSide(AuxoInstance instance, HttpClient client) => (Instance, Client) = (instance, client);

    /// <summary>The instance.</summary>
    public AuxoInstance Instance { get; }

    /// <summary>Has the session's cookie, as a browser would, and as many connections as it needs.</summary>
    public HttpClient Client { get; }

    /// <summary>Signs in.</summary>
    public static async Task<ConsoleSide> OpenAsync(AuxoInstance instance, CancellationToken ct)
    {
        var client = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer(), UseProxy = false })
        {
            BaseAddress = instance.Url("console"), Timeout = Timeout.InfiniteTimeSpan,
        };
        using var opened = await client.GetAsync(await LinkAsync(instance, ct), ct);
        opened.EnsureSuccessStatusCode();
        return new ConsoleSide(instance, client);
    }

    /// <summary>A link that signs in once: for a browser.</summary>
    public static async Task<Uri> LinkAsync(AuxoInstance instance, CancellationToken ct)
    {
        using var link = await instance.Client("console").PostAsync(new Uri("/login/links", UriKind.Relative), content: null, ct);
        link.EnsureSuccessStatusCode();
        return new Uri((await link.Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("url").GetString()!);
    }

    /// <summary>The process of a part of Auxo.</summary>
    public async Task<int> ProcessIdAsync(string part)
        => (await Instance.ResourceAsync(part)).Pid ?? throw new InvalidOperationException($"{part} does not run.");

    /// <inheritdoc/>
    public void Dispose() => Client.Dispose();
}
