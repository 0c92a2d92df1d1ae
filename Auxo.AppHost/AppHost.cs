using Auxo.AppHost;
using Auxo.AppHost.Backup;
using Auxo.AppHost.Doctor;
using Auxo.Hosting;
using Auxo.Hosting.Model;
using Auxo.ServiceDefaults.Doctor;
using Auxo.ServiceDefaults.Repositories;

using Microsoft.Extensions.Configuration;

if (args is ["backup" or "restore", ..]) return await BackupCommand.RunAsync(args);
if (args is [Diagnose.Word]) return await Diagnose.PrintAsync(DiagnoseMachine.LookAsync);

return await HostCommand.RunAsync(args, static builder =>
{
    // Where the node keeps repositories is no secret; what else its home holds is for ingest alone.
    var storage = RepositoryFolders.NodeStorage(Environment.GetEnvironmentVariable);
    IResourceBuilder<IResourceWithConnectionString> auxo = builder.Configuration.GetConnectionString("auxo") is { Length: > 0 } given
        ? builder.AddConnectionString("auxo", ReferenceExpression.Create($"{builder.AddParameter("postgres", given, secret: true)}"))
        : builder.AddPrivatePostgres("postgres").AddDatabase("auxo");
    auxo.WithInitialisation(AccessSeed.RunAsync);

    var migrator = builder.AddProject<Projects.Auxo_Migrator>("migrator")     // as the owner, whom no service may become
        .WithReference(auxo).WaitFor(auxo).OnlyIf(auxo, Migration.IsNeededAsync);

    var pipeline = builder.AddProject<Projects.Auxo_Pipeline>("pipeline")
        .WithHttpEndpoint(8890).WithHttpHealthCheck("/health").WithLogin(auxo).WaitForCompletion(migrator)
        .WithEnvironment(RepositoryFolders.Variable, storage);
    var ingest = builder.AddProject<Projects.Auxo_Ingest>("ingest")
        .WithHttpEndpoint(8888).WithHttpHealthCheck("/health").WithLogin(auxo).WaitForCompletion(migrator)
        .WithEnvironment(RepositoryFolders.Variable, storage)
        .WithConfidentialEnvironment("RAD_*", "SSH_AUTH_SOCK");     // the node's keys and socket are for no other service
    var notify = builder.AddProject<Projects.Auxo_Notify>("notify")
        .WithHttpEndpoint(9000).WithHttpHealthCheck("/health").WithLogin(auxo).WaitForCompletion(migrator);
    var metrics = builder.AddProject<Projects.Auxo_Metrics>("metrics")
        .WithHttpEndpoint(9100).WithHttpHealthCheck("/health").WithLogin(auxo).WaitForCompletion(migrator);
    var registry = builder.AddProject<Projects.Auxo_Registry>("registry")
        .WithHttpEndpoint(8081).WithHttpHealthCheck("/health").WithLogin(auxo).WaitForCompletion(migrator)
        .WithReference(pipeline);                                   // the one reference: artifact bytes by digest

    builder.AddProject<Projects.Auxo_Console>("console")            // owns no data; asks the services with the token of whoever looks
        .WithHttpEndpoint(8880).WithHttpHealthCheck("/health")
        .WithReference(ingest).WithReference(pipeline).WithReference(notify).WithReference(metrics).WithReference(registry);
});
