namespace Auxo.Contracts.Mesh;

/// <summary>A ref that a node wrote so that the others can say when they have it.</summary>
/// <param name="Node">Who wrote it.</param>
/// <param name="Rid">In which repository.</param>
/// <param name="Ref">Its name in the writer's namespace: <c>refs/heads/…</c>.</param>
/// <param name="Written">When, by the writer's clock.</param>
public sealed record MeshMarker(string Node, string Rid, string Ref, DateTimeOffset Written);

/// <summary>A marker has arrived.</summary>
/// <param name="Node">Who wrote it.</param>
/// <param name="Seer">Who has it now.</param>
/// <param name="Seen">When, by the seer's clock.</param>
public sealed record MarkerSeen(string Node, string Seer, DateTimeOffset Seen);
