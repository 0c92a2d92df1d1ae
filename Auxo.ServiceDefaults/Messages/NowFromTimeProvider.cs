using JasperFx.CodeGeneration;
using JasperFx.CodeGeneration.Frames;
using JasperFx.CodeGeneration.Model;

namespace Auxo.ServiceDefaults.Messages;

/// <summary>
/// A handler's parameter <c>DateTimeOffset now</c> is asked of the service's <see cref="TimeProvider"/>. Wolverine alone gives it
/// <c>DateTimeOffset.UtcNow</c>, which a test cannot set.
/// </summary>
internal sealed class NowFromTimeProvider : IVariableSource
{
    public bool Matches(Type type) => type == typeof(DateTimeOffset);

    public Variable Create(Type type) => new NowFrame().Now;

    private sealed class NowFrame : SyncFrame
    {
        private Variable? _time;

        public NowFrame() => Now = new Variable(typeof(DateTimeOffset), "now", this);

        public Variable Now { get; }

        public override IEnumerable<Variable> FindVariables(IMethodVariables chain)
        {
            yield return _time = chain.FindVariable(typeof(TimeProvider));
        }

        public override void GenerateCode(GeneratedMethod method, ISourceWriter writer)
        {
            writer.WriteLine($"var {Now.Usage} = {_time!.Usage}.GetUtcNow();");
            Next?.GenerateCode(method, writer);
        }
    }
}
