using System.Reflection;
using System.Text.Json.Serialization;

using Marten;

using Wolverine;

namespace Auxo.ServiceDefaults;

/// <summary>What a service stores and what it hears: all that its schema follows from.</summary>
/// <param name="Name">The service, its schema and its queue, such as <c>notify</c>.</param>
/// <param name="Json">How events and documents are written.</param>
/// <param name="Store">Its events, snapshots and documents. The stored names of events never change.</param>
/// <param name="Messages">What is special in its messages; null for nothing.</param>
/// <param name="Assembly">Where its handlers and its numbered SQL files are.</param>
public sealed record ServiceModel(
    string Name, JsonSerializerContext Json, Action<StoreOptions> Store, Action<WolverineOptions>? Messages, Assembly Assembly);
