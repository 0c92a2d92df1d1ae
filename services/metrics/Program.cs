using Auxo.Metrics;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("metrics");
builder.AddMetrics();
var app = builder.Build();
app.MapDefaultEndpoints();
app.MapMetricsService();
app.Run();
