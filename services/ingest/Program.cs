using Auxo.Ingest.Doctor;
using Auxo.Ingest;
using Auxo.ServiceDefaults.Doctor;
using Auxo.ServiceDefaults;

if (args is [Diagnose.Word]) return await Diagnose.PrintAsync(
    static ct => DiagnoseNode.LookAsync(Environment.GetEnvironmentVariable, TimeProvider.System, ct));

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("ingest");
builder.Services.AddEventStore(Configuration.ConfigureStore);
builder.Services.AddMessaging("ingest", typeof(Configuration).Assembly, Configuration.ConfigureMessaging);
builder.AddIngest();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapMessaging();
app.MapIngest();
app.Run();
return 0;
