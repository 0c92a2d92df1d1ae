using Auxo.AppHost;
using Auxo.AppHost.Backup;
using Auxo.AppHost.Doctor;
using Auxo.Hosting;
using Auxo.Hosting.ApplicationModel;
using Auxo.ServiceDefaults.Doctor;

if (args is ["backup" or "restore", ..]) return await BackupCommand.RunAsync(args);
if (args is [Diagnose.Word]) return await Diagnose.PrintAsync(DiagnoseMachine.LookAsync);

var builder = DistributedApplication.CreateBuilder(args);

var auxo = builder.AddPostgres("postgres").WithDataVolume().AddDatabase("auxo")
    .WithSharedSchema("queues").WithInitialisation(QueuesSeed.RunAsync)
    .WithInitialisation(Migration.RunAsync).WithInitialisation(AccessSeed.RunAsync);

var pipeline = builder.AddProject("pipeline", "../services/pipeline/Auxo.Pipeline.csproj")
    .WithHttpEndpoint(8890).WithReference(auxo).WaitFor(auxo);
builder.AddProject("ingest", "../services/ingest/Auxo.Ingest.csproj").WithHttpEndpoint(8888).WithReference(auxo).WaitFor(auxo)
    .WithConfidentialEnvironment("RAD_*", "SSH_AUTH_SOCK");     // the node's keys and socket are nobody else's business
builder.AddProject("notify", "../services/notify/Auxo.Notify.csproj").WithHttpEndpoint(9000).WithReference(auxo).WaitFor(auxo);
builder.AddProject("metrics", "../services/metrics/Auxo.Metrics.csproj").WithHttpEndpoint(9100).WithReference(auxo).WaitFor(auxo);
builder.AddProject("registry", "../services/registry/Auxo.Registry.csproj").WithHttpEndpoint(8081).WithReference(auxo).WaitFor(auxo)
    .WithReference(pipeline);                                   // the one reference: artifact bytes by digest

return await builder.Build().RunAsync();
