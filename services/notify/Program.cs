using Auxo.Notify;
using Auxo.ServiceDefaults;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("notify");
builder.Services.AddEventStore(Configuration.ConfigureStore);
builder.Services.AddMessaging("notify", typeof(Configuration).Assembly, Configuration.ConfigureMessaging);
builder.AddNotify();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapMessaging();
app.MapNotify();
app.Run();
