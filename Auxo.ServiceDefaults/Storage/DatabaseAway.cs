using System.Net.Sockets;

using Marten.Exceptions;

using Npgsql;

namespace Auxo.ServiceDefaults.Storage;

/// <summary>
/// What is thrown while PostgreSQL is stopped, starting, stopping or out of reach, or when it undid a transaction that may go well
/// the next time, such as one of a deadlock. It passes by itself: try again a little later. The bus does so for its handlers; this
/// is also for code outside of them.
/// </summary>
public static class DatabaseAway
{
    /// <summary>Whether it is that, by itself or inside an exception that Marten made of it. Everything else is an error.</summary>
    public static bool Is(Exception e) => e switch
    {
        PostgresException answer => answer is { IsTransient: true } or { SqlState: "57P01" or "57P02" or "57P03" or "53300" or "08006" },
        NpgsqlException or SocketException or TimeoutException => true,
        MartenCommandException { InnerException: { } inner } => Is(inner),
        _ => e.InnerException is NpgsqlException inner && Is(inner),
    };
}
