using System.Security.Cryptography;

using Auxo.Torture.Load;

namespace Auxo.Torture.Audit;

/// <summary>
/// Every upload's bytes, nothing of what was deleted, one publication per build that kept files, and a quota that counted
/// everything once.
/// </summary>
internal static class RegistryAudit
{
    /// <summary>Audits.</summary>
    public static async Task RunAsync(World world, InstanceDatabase database, IReadOnlyList<AuditedBuild> builds, Findings findings)
    {
        var registry = world.Clients["registry"];
        foreach (var upload in world.Ledger.Uploads.Values)
        {
            using var answer = await registry.GetAsync($"/raw/{World.Raw}/{upload.Path}");
            if (!answer.IsSuccessStatusCode) findings.Lose("registry", $"upload {upload.Path}: {(int)answer.StatusCode}");
            else if (Convert.ToHexStringLower(SHA256.HashData(await answer.Content.ReadAsByteArrayAsync())) != upload.Sha256) findings.Lose(
                "registry", $"upload {upload.Path} has other bytes");
        }

        await ImagesAsync(world, database, findings);
        await PackagesAsync(world, database, findings);
        var files = (await database.TextsAsync("select path from registry.files")).ToHashSet(StringComparer.Ordinal);
        foreach (var path in world.Ledger.Deleted.Keys.Where(files.Contains)) findings.Lose("registry", $"deletion of {path}");
        foreach (var off in await database.TextsAsync(
            """
            select name || ': ' || file_count || ' files of ' || used_bytes || ' bytes, and there are '
                || count(f.path) || ' of ' || coalesce(sum(f.size_bytes), 0)
            from registry.repositories r left join registry.files f on f.repository = r.name where r.format = 'raw'
            group by name, file_count, used_bytes
            having count(f.path) <> file_count or coalesce(sum(f.size_bytes), 0) <> used_bytes
            """)) findings.Double("registry", $"quota of {off}");

        var expected = builds.Where(static b => b is { Outcome: "Passed", Trusted: true, Kept: > 0 }).ToList();
        findings.Once("registry", expected.Select(static b => $"publication/{b.Id}"),
            await database.TextsAsync("select stream_id from registry.mt_events where type = 'publication_published'"), "publication");
        foreach (var build in expected)
        {
            using var answer = await registry.GetAsync($"/artifacts/{build.Rid}/{build.Commit}/files/out/made.txt");
            // The step wrote the commit's id: whatever build of the commit is asked for, that is what must come.
            if (!answer.IsSuccessStatusCode || (await answer.Content.ReadAsStringAsync()).Trim() != build.Commit)
                findings.Lose("registry", $"artifact of build {build.Id}: {(int)answer.StatusCode}");
        }
    }

    /// <summary>Every package, where it was published and where it was mirrored, each told once.</summary>
    private static async Task PackagesAsync(World world, InstanceDatabase database, Findings findings)
    {
        foreach (var (repository, packages) in ((string, ICollection<PublishedPackage>)[])[
            (World.Packages, world.Ledger.Packages.Values), (World.Mirrored, world.Ledger.Mirrored.Values)])
        {
            foreach (var package in packages)
            {
                using var answer = await world.Clients["registry"].GetAsync($"/npm/{repository}/{package.Name}/-/{package.File}");
                if (!answer.IsSuccessStatusCode)
                    findings.Lose("registry", $"package {package.Name} of {repository}: {(int)answer.StatusCode}");
                else if (Convert.ToHexStringLower(SHA256.HashData(await answer.Content.ReadAsByteArrayAsync())) != package.Sha256)
                    findings.Lose("registry", $"package {package.Name} of {repository} has other bytes");
            }
        }

        findings.Once("registry", world.Ledger.Packages.Values.Select(static p => $"package/{World.Packages}/{p.Name}"),
            await database.TextsAsync("select stream_id from registry.mt_events where type = 'package_published'"), "package");
    }

    /// <summary>Every tag, its manifest and its layer, each told once; and what they use.</summary>
    private static async Task ImagesAsync(World world, InstanceDatabase database, Findings findings)
    {
        var registry = world.Clients["registry"];
        foreach (var image in world.Ledger.Images.Values)
        {
            foreach (var (path, digest) in ((string, string)[])[
                ($"manifests/{image.Tag}", image.Digest), ($"blobs/{image.Layer}", image.Layer)])
            {
                using var answer = await registry.GetAsync($"/v2/{image.Name}/{path}");
                if (!answer.IsSuccessStatusCode)
                    findings.Lose("registry", $"image {image.Name}:{image.Tag}, {path}: {(int)answer.StatusCode}");
                else if ("sha256:" + Convert.ToHexStringLower(SHA256.HashData(await answer.Content.ReadAsByteArrayAsync())) != digest)
                    findings.Lose("registry", $"image {image.Name}:{image.Tag}, {path} has other bytes");
            }
        }

        findings.Once("registry", world.Ledger.Images.Values.Select(static i => $"image/{i.Name} {i.Tag}"),
            await database.TextsAsync("select stream_id || ' ' || (data ->> 'tag') from registry.mt_events where type = 'image_tag_set'"),
            "tag");
        foreach (var off in await database.TextsAsync(
            """
            select name || ': ' || used_bytes || ' bytes, and there are ' || there from (
                select r.name, r.used_bytes,
                    coalesce((select sum(size_bytes) from (
                        select distinct b.content, b.size_bytes from registry.oci_blobs b join registry.oci_images i on i.id = b.image
                        where i.repository = r.name) x), 0)
                    + coalesce((select sum(m.size_bytes) from registry.oci_manifests m join registry.oci_images i on i.id = m.image
                        where i.repository = r.name), 0) as there
                from registry.repositories r where r.format = 'oci') y
            where used_bytes <> there
            """)) findings.Double("registry", $"quota of {off}");
    }
}
