using System.Text.Json.Nodes;

using Auxo.Testing;
using Auxo.Testing.Radicle;

namespace Auxo.EndToEnd.Tests.RealNodes;

/// <summary>
/// Alice runs Auxo beside her node; Bob pushes from his. Auxo is started as a user starts it: the AppHost, ports and a data
/// folder of its own.
/// </summary>
public sealed class RealNodesFixture : IAsyncDisposable
{
    private RealNodesFixture(RadicleLab lab, LabRepository repository, AuxoInstance auxo)
        => (Lab, Repository, Auxo) = (lab, repository, auxo);

    /// <summary>The nodes.</summary>
    public RadicleLab Lab { get; }

    /// <summary>Runs Auxo; a delegate.</summary>
    public LabNode Alice => Lab.Nodes[0];

    /// <summary>Pushes from elsewhere; on the repository's trusted list.</summary>
    public LabNode Bob => Lab.Nodes[1];

    /// <summary>The repository that Auxo follows.</summary>
    public LabRepository Repository { get; }

    /// <summary>The instance.</summary>
    public AuxoInstance Auxo { get; }

    /// <summary>Makes all of it; skips the test where the Radicle programs are missing.</summary>
    /// <param name="ct">Gives up.</param>
    /// <param name="trustBob">He is on the repository's trusted list.</param>
    /// <param name="files">Of the repository; null for the sample's.</param>
    /// <param name="settings">Of the instance, besides the node's.</param>
    public static async Task<RealNodesFixture> StartAsync(
        CancellationToken ct, bool trustBob = true, IReadOnlyDictionary<string, string>? files = null,
        params (string Name, string Value)[] settings)
    {
        var lab = await RadicleLab.UpAsync(ct, "alice", "bob");
        AuxoInstance? auxo = null;
        try
        {
            var repository = await lab.CreateRepositoryAsync("demo", files ?? SampleRepository.Files(), ct);
            var environment = new Dictionary<string, string>(lab.Nodes[0].Environment(), StringComparer.Ordinal);
            foreach (var (name, value) in settings) environment[name] = value;
            auxo = await AuxoInstance.StartAsync(environment);
            await auxo.Ingest.TrackAsync(repository.Rid, trustBob ? ["did:key:" + lab.Nodes[1].Nid] : []);
            return new RealNodesFixture(lab, repository, auxo);
        }
        catch
        {
            if (auxo is not null) await auxo.DisposeAsync();
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Waits until Bob's own node shows a comment of Auxo on the patch that contains <paramref name="text"/>, and returns the
    /// patch as Bob's rad tells it.
    /// </summary>
    public Task<string> BobReadsAsync(string patch, string text, CancellationToken ct)
        => Eventually.ValueAsync(
            async () =>
            {
                var json = await Bob.PatchJsonAsync(Repository.Rid, patch, ct);
                return json.Contains("auxo · build", StringComparison.Ordinal)
                    && json.Contains(text, StringComparison.Ordinal) ? json : null;
            },
            $"bob's node shows a comment with '{text}' on {patch[..7]}");

    /// <summary>
    /// How many comments of Auxo stand on all revisions of the patch on Bob's node, those at lines of the code left out; an edited one
    /// counts once.
    /// </summary>
    public async Task<int> BobCountsCommentsAsync(string patch, CancellationToken ct)
        => JsonNode.Parse(await Bob.PatchJsonAsync(Repository.Rid, patch, ct))!["revisions"]!.AsObject()
            .SelectMany(revision => revision.Value!["discussion"]!["comments"]!.AsObject())
            .Count(comment => comment.Value?["location"] is null
                && comment.Value?.ToJsonString().Contains("auxo", StringComparison.Ordinal) == true);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Auxo.DisposeAsync();
        await Lab.DisposeAsync();
    }
}
