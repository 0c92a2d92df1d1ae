using Auxo.Ingest;
using Auxo.Ingest.Doctor;
using Auxo.ServiceDefaults.Doctor;

if (args is [Diagnose.Word]) return await Diagnose.PrintAsync(
    static ct => DiagnoseNode.LookAsync(Environment.GetEnvironmentVariable, TimeProvider.System, ct));

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("ingest");
builder.AddStore(Configuration.Model);
builder.AddMessages(Configuration.Model);
builder.AddIngest();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapIngest();
return await app.RunServiceAsync(args);
