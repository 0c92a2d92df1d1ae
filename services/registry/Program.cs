using Auxo.Registry;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("registry");
builder.AddStore(Configuration.Model);
builder.AddMessages(Configuration.Model);
builder.AddRegistry();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapRegistry();
return await app.RunServiceAsync(args);
