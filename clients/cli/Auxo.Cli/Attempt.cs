namespace Auxo.Cli;

/// <summary>An answer, or why there is none: one silent service must not hide what the others say.</summary>
internal sealed record Attempt<T>(string Name, T? Value, CliException? Error);

/// <inheritdoc cref="Attempt{T}"/>
internal static class Attempt
{
    public static async Task<Attempt<T>> OfAsync<T>(string name, Func<Task<T>> ask)
    {
        try
        {
            return new Attempt<T>(name, await ask(), Error: null);
        }
        catch (CliException e)
        {
            return new Attempt<T>(name, default, e);
        }
    }
}
