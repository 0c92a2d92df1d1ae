using System.Net;
using System.Net.Sockets;

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Auxo.ServiceDefaults.Egress;

/// <summary>
/// The one way to an address that a user has given. The name is resolved here, every address of the answer is checked, and the
/// connection goes to a checked address, so a name that changes its mind between the check and the call gains nothing. There
/// are no redirects, no proxy (it would resolve the name itself), no cookies, no decompression, and no trace headers for
/// strangers.
/// </summary>
/// <param name="policy">Which addresses.</param>
/// <param name="resolve">How names become addresses; the system's way unless a test says otherwise.</param>
public sealed class EgressGuard(EgressPolicy policy, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve = resolve ?? Dns.GetHostAddressesAsync;

    /// <summary>
    /// Reads a user-given URL. What can be said without asking the network is said now; the rest is checked at every connection.
    /// </summary>
    /// <exception cref="EgressDeniedException">It is not callable; the message says why.</exception>
    public Uri Parse(string? text)
    {
        if (text is null or { Length: 0 or > 2048 }
            || text.Any(static c => char.IsControl(c) || char.IsWhiteSpace(c)) || !Uri.TryCreate(text, UriKind.Absolute, out var uri))
            throw new EgressDeniedException(
                "That is no URL. It looks like https://hooks.example.org/auxo, has no spaces and at most 2048 characters.");
        if (uri.Scheme is not ("http" or "https") || uri.Host.Length == 0) throw new EgressDeniedException(
            $"Only http and https are called, not '{uri.Scheme}'.");
        if (uri.UserInfo.Length > 0) throw new EgressDeniedException("A name and password in the URL are not sent. Leave them out.");
        if (Address(uri.IdnHost) is { } address) Check(uri.IdnHost, [address]);
        if (IsLow(uri.Port)) throw new EgressDeniedException(
            $"Port {uri.Port} belongs to another protocol; 80, 443 and ports from 1024 are called.");
        return uri;
    }

    /// <summary>The addresses of a host, all of them checked.</summary>
    /// <exception cref="EgressDeniedException">One of them may not be reached.</exception>
    /// <exception cref="SocketException">There is no such host.</exception>
    public async Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken ct)
    {
        var addresses = Address(host) is { } address ? [address] : await _resolve(host, ct);
        if (addresses.Length == 0) throw new SocketException((int)SocketError.HostNotFound);
        return Check(host, addresses);
    }

    /// <summary>A connection to a checked address of the host, for protocols other than HTTP.</summary>
    /// <inheritdoc cref="ResolveAsync"/>
    public async Task<Stream> ConnectAsync(string host, int port, CancellationToken ct)
    {
        SocketException? last = null;
        foreach (var address in await ResolveAsync(host, ct))
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
                limit.CancelAfter(ConnectTimeout);
                await socket.ConnectAsync(address, port, limit.Token);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException e)
            {
                socket.Dispose();
                last = e;
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                socket.Dispose();
                last = new SocketException((int)SocketError.TimedOut);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw last!;
    }

    /// <summary>
    /// A client for user-given URLs that were read by <see cref="Parse"/>. Time and size are limited by
    /// <see cref="GuardedExchange"/>.
    /// </summary>
    public HttpClient CreateClient() => new(CreateHandler()) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>What <see cref="CreateClient"/> stands on.</summary>
    public SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        MaxResponseHeadersLength = 16, // KiB
        MaxResponseDrainSize = 0,
        MaxConnectionsPerServer = 16,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        ConnectCallback = async (context, ct) => await ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, ct),
    };

    /// <summary>One bad address spoils the answer: a name that points both outside and inside is a trick, or soon will be one.</summary>
    private IPAddress[] Check(string host, IPAddress[] addresses)
    {
        foreach (var address in addresses)
        {
            if (policy.Refusal(address) is { } kind)
            {
                var named = string.Equals(host.Trim('[', ']'), address.ToString(), StringComparison.OrdinalIgnoreCase)
                    ? host
                    : $"{host} ({address})";
                throw new EgressDeniedException(
                    $"{named} is {kind}, and Auxo calls public addresses only. If it is yours, allow it and start "
                        + $"Auxo again: {EgressPolicy.Setting}={address}.");
            }
        }

        return addresses;
    }

    private static bool IsLow(int port) => port < 1024 && port is not (80 or 443);

    private static IPAddress? Address(string host) => IPAddress.TryParse(host, out var address) ? address : null;
}

/// <summary>How a service gets its guard.</summary>
public static class EgressConfiguration
{
    /// <summary>Adds the <see cref="EgressGuard"/> with the policy of <c>Auxo:Egress:Allow</c>; a wrong setting stops the start.</summary>
    public static WebApplicationBuilder AddEgress(this WebApplicationBuilder builder)
    {
        var policy = EgressPolicy.From(builder.Configuration);
        builder.Services.TryAddSingleton(policy);
        builder.Services.TryAddSingleton(new EgressGuard(policy));
        return builder;
    }
}
