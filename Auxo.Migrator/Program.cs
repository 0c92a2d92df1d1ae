using Auxo.ServiceDefaults;
using Auxo.ServiceDefaults.Storage;

// Brings the schemas of all services up to date, as the owner of the database and before any service starts. A service itself has no
// right to change its schema.
ServiceModel[] services =
[
    Auxo.Ingest.Configuration.Model, Auxo.Metrics.Configuration.Model, Auxo.Notify.Configuration.Model,
    Auxo.Pipeline.Configuration.Model, Auxo.Registry.Configuration.Model,
];

if (Environment.GetEnvironmentVariable("ConnectionStrings__auxo") is not { Length: > 0 } owner)
{
    Console.Error.WriteLine("No database is named: set ConnectionStrings__auxo to a login that owns the database.");
    return 2;
}

try
{
    foreach (var service in services)
    {
        if (await SchemaMigration.ApplyAsync(service, owner, CancellationToken.None))
            Console.WriteLine($"{service.Name}: the schema is up to date");
    }

    return 0;
}
catch (Exception e) when (e is SchemaException or Npgsql.NpgsqlException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
