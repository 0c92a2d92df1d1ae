using Auxo.Metrics.Alerts;
using Auxo.Metrics.Ci;
using Auxo.Metrics.Dora;
using Auxo.Metrics.Health;
using Auxo.Metrics.Mesh;
using Auxo.Metrics.Security;

namespace Auxo.Metrics.Reporting;

/// <summary>All that reports are made of, at one moment.</summary>
/// <param name="Now">The moment.</param>
/// <param name="Health">How well repositories are.</param>
/// <param name="Day">How builds went in 24 hours.</param>
/// <param name="Week">How they went in seven days.</param>
/// <param name="Month">DORA's numbers of 30 days.</param>
/// <param name="Security">What is open.</param>
/// <param name="SecurityBefore">What was a week ago.</param>
/// <param name="Alerts">What is raised.</param>
/// <param name="Mesh">How nodes are.</param>
public sealed record ReportFacts(
    DateTimeOffset Now, IReadOnlyList<HealthReport> Health, IReadOnlyList<CiReport> Day, IReadOnlyList<CiReport> Week,
    IReadOnlyList<DoraReport> Month, IReadOnlyList<SecurityFacts> Security, IReadOnlyList<SecurityFacts> SecurityBefore,
    IReadOnlyList<Alert> Alerts, MeshMatrix Mesh);
