using Auxo.Ingest;
using Auxo.ServiceDefaults;

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
