using Docker.DotNet;
using Docker.DotNet.Models;

namespace Auxo.Pipeline.Execution.Docker;

/// <summary>The images of the engine.</summary>
internal static class DockerImages
{
    /// <summary>Pulls an image when the engine does not have it, and says so.</summary>
    /// <param name="images">The engine's.</param>
    /// <param name="image">As the step names it; without a tag it is <c>latest</c>, as everywhere with Docker.</param>
    /// <param name="progress">Gets a line for each thing that is done.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>Its id: what the engine has under the name now.</returns>
    /// <exception cref="DockerRefusedException">The engine could not pull it, and says why.</exception>
    public static async Task<string> EnsureAsync(IImageOperations images, string image, Action<string> progress, CancellationToken ct)
    {
        try
        {
            return (await images.InspectImageAsync(image, ct)).ID;
        }
        catch (DockerImageNotFoundException)
        {
            progress($"--- pulling {image}");
        }

        var pull = new Pull(progress);
        await images.CreateImageAsync(new ImagesCreateParameters { FromImage = WithTag(image) }, new AuthConfig(), pull, ct);
        // A pull that fails has been answered with 200 before, and says so at its end.
        if (pull.Error is { } error) throw new DockerRefusedException(error);
        return (await images.InspectImageAsync(image, ct)).ID;
    }

    private static string WithTag(string image)
        => image.Contains('@') || image[(image.LastIndexOf('/') + 1)..].Contains(':') ? image : image + ":latest";

    /// <summary>Reports what is done, once each; what is in progress would be a line for every few bytes.</summary>
    private sealed class Pull(Action<string> progress) : IProgress<JSONMessage>
    {
        private string _last = "";

        public string? Error { get; private set; }

        public void Report(JSONMessage value)
        {
            Error ??= value.Error?.Message;
            if (value.Status is { } status && status != _last && !status.Contains("ing", StringComparison.Ordinal))
                progress(_last = status);
        }
    }
}

/// <summary>The engine refused or failed; the message is the engine's.</summary>
internal sealed class DockerRefusedException(string message) : Exception(message);
