using Auxo.Metrics;

using JasperFx.Events.Daemon;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("metrics");
builder.AddStore(Configuration.Model).AddAsyncDaemon(DaemonMode.Solo);
builder.AddMessages(Configuration.Model);
builder.AddMetrics();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapMessages(MetricsScopes.Read, MetricsScopes.Write);
app.MapMetricsService();
return await app.RunServiceAsync(args);
