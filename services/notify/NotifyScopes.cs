namespace Auxo.Notify;

/// <summary>What a token may do here.</summary>
public static class NotifyScopes
{
    /// <summary>See channels (without their secrets), routes and deliveries.</summary>
    public const string Read = "notify:read";

    /// <summary>Change channels and routes, test and replay.</summary>
    public const string Write = "notify:write";

    /// <summary>Tell something to be passed on: the old plain payload and Alertmanager's.</summary>
    public const string Send = "notify:send";
}
