using Microsoft.Extensions.Hosting;

using Npgsql;

namespace Auxo.ServiceDefaults.Storage;

/// <summary>A service starts only on the schema that was made for this very build of it, and says in one line what to do else.</summary>
internal sealed class SchemaGuard(ServiceModel model, NpgsqlDataSource source) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var name = model.Assembly.GetName().Name!;
        try
        {
            var folder = Path.GetDirectoryName(model.Assembly.Location)!;
            if (await SchemaFingerprint.IsCurrentAsync(source, model.Name, folder, name, cancellationToken)) return;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new SchemaException(
                $"The login of {model.Name} may not read its own schema ({e.MessageText}). './auxo up' gives it its rights.");
        }

        throw new SchemaException(
            $"The schema {model.Name} was not made for this build of {name}. Start it by './auxo up', or run Auxo.Migrator first.");
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
