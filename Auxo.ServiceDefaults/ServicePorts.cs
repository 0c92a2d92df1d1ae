namespace Auxo.ServiceDefaults;

/// <summary>Where a service listens when nobody says otherwise.</summary>
public static class ServicePorts
{
    /// <summary>The usual port of a service of this product; null for any other name.</summary>
    public static int? Default(string service) => service switch
    {
        "ingest" => 8888,
        "pipeline" => 8890,
        "notify" => 9000,
        "metrics" => 9100,
        "registry" => 8081,
        _ => null,
    };
}
