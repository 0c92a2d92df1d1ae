using Auxo.Hosting.ApplicationModel;
using Auxo.Hosting.Instance;

namespace Auxo.Hosting;

/// <summary>Collects the resources of an application.</summary>
public sealed class DistributedApplicationBuilder
{
    private readonly List<Resource> _resources = [];
    private readonly string[] _args;

    internal DistributedApplicationBuilder(string[] args, IReadOnlyDictionary<string, string> environment)
        => (_args, Environment) = (args, environment);

    /// <summary>The AppHost's own environment, which configures it and from which services inherit.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>The finished application; nothing is started by this.</summary>
    public DistributedApplication Build() => new(new DistributedApplicationModel(_resources), Environment, _args);

    internal ResourceBuilder<T> Add<T>(T resource)
        where T : Resource
    {
        if (_resources.Exists(r => r.Name.Equals(resource.Name, StringComparison.OrdinalIgnoreCase)))
            throw new ArgumentException($"There is a resource '{resource.Name}' already.", nameof(resource));
        _resources.Add(resource);
        return new ResourceBuilder<T>(this, resource);
    }

    /// <summary>The port that the operator chose for a resource, else the usual one.</summary>
    internal int Port(string resource, int usual)
    {
        var setting = Ports.Setting(resource);
        if (Environment.GetValueOrDefault(setting) is not { Length: > 0 } text) return usual;
        return int.TryParse(text, out var port)
            && port is > 0 and < 65536 ? port : throw new HostingException($"{setting}={text} is no port: a number from 1 to 65535.");
    }
}
