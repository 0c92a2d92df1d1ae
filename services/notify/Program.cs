using Auxo.Notify;
using Auxo.ServiceDefaults;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("notify");
builder.AddStore(Configuration.Model);
builder.AddMessages(Configuration.Model);
builder.AddNotify();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapMessages(NotifyScopes.Read, NotifyScopes.Write);
app.MapNotify();
return await app.RunServiceAsync(args);
