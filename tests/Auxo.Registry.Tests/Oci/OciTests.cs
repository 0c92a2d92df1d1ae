using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

using Auxo.Registry.Blobs;
using Auxo.ServiceDefaults.Access;
using Auxo.Testing;

namespace Auxo.Registry.Tests.Oci;

/// <summary>Images over HTTP, on the real service.</summary>
public sealed class OciTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-registry-").FullName;
    private string _database = null!;
    private RegistryHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync(_database = await postgres.CreateDatabaseAsync(), _home);
        await _host.DefineAsync("app", format: "oci");
    }

    [Fact]
    public async Task an_image_is_got_byte_for_byte_also_after_a_restart()
    {
        var digest = await _host.PushAsync("app/web", "v1", "layer");
        await _host.DisposeAsync();
        _host = await RegistryHost.StartAsync(_database, _home);
        foreach (var reference in (string[])["v1", digest])
        {
            using var got = await _host.GetAsync($"/v2/app/web/manifests/{reference}");
            Assert.Equal((HttpStatusCode.OK, digest, Images.Manifest), (
                got.StatusCode, got.Header("Docker-Content-Digest"), got.Content.Headers.ContentType!.ToString()));
            Assert.Equal(digest, Images.DigestOf(await got.Content.ReadAsByteArrayAsync()));
        }

        using var blob = await _host.GetAsync($"/v2/app/web/blobs/{Images.DigestOf("layer")}", ("Range", "bytes=1-2"));
        Assert.Equal((HttpStatusCode.PartialContent, "ay"), (blob.StatusCode, await blob.Content.ReadAsStringAsync()));
        using var head = await _host.SendAsync(HttpMethod.Head, $"/v2/app/web/blobs/{Images.DigestOf("layer")}");
        Assert.Equal((HttpStatusCode.OK, 5L, Images.DigestOf("layer")), (
            head.StatusCode, head.Content.Headers.ContentLength, head.Header("Docker-Content-Digest")));
        Assert.Equal("""{"name":"app/web","tags":["v1"]}""", await _host.Client.GetStringAsync("/v2/app/web/tags/list"));
        Assert.Equal("""{"repositories":["app/web"]}""", await _host.Client.GetStringAsync("/v2/_catalog"));
    }

    [Fact]
    public async Task an_image_may_have_the_name_of_its_repository_alone()
    {
        var digest = await _host.PushAsync("app", "v1", "layer");
        using var got = await _host.GetAsync("/v2/app/manifests/v1");
        Assert.Equal(digest, got.Header("Docker-Content-Digest"));
        Assert.Equal("""{"repositories":["app"]}""", await _host.Client.GetStringAsync("/v2/_catalog"));
    }

    [Fact]
    public async Task chunks_come_in_order_and_an_upload_goes_on_where_the_disk_has_it_after_a_restart()
    {
        var content = RandomNumberGenerator.GetBytes(700_000);
        var at = await _host.BeginAsync("app/web");
        using (var first = await _host.SendContentAsync(HttpMethod.Patch, at, content[..300_000], ("Content-Range", "0-299999")))
            Assert.Equal((HttpStatusCode.Accepted, "0-299999", at), (first.StatusCode, first.Header("Range"), first.Header("Location")));
        using (var wrong = await _host.SendContentAsync(HttpMethod.Patch, at, content[400_000..], ("Content-Range", "400000-699999")))
        {
            Assert.Equal((HttpStatusCode.RequestedRangeNotSatisfiable, "BLOB_UPLOAD_INVALID"), await wrong.ErrorAsync());
            Assert.Equal("0-299999", wrong.Header("Range"));
        }

        using (var other = await _host.SendContentAsync(HttpMethod.Patch, at, content[300_000..], ("Content-Range", "300000-300009")))
            Assert.Equal((HttpStatusCode.BadRequest, "SIZE_INVALID"), await other.ErrorAsync());
        await _host.DisposeAsync();
        _host = await RegistryHost.StartAsync(_database, _home);
        using (var shown = await _host.GetAsync(at))
            Assert.Equal((HttpStatusCode.NoContent, "0-299999", at), (shown.StatusCode, shown.Header("Range"), shown.Header("Location")));
        using (var rest = await _host.SendContentAsync(HttpMethod.Patch, at, content[300_000..500_000]))
            Assert.Equal("0-499999", rest.Header("Range"));
        using (var end = await _host.SendContentAsync(HttpMethod.Put, $"{at}?digest={Images.DigestOf(content)}", content[500_000..]))
            Assert.Equal((HttpStatusCode.Created, Images.DigestOf(content)), (end.StatusCode, end.Header("Docker-Content-Digest")));
        Assert.Equal(content, await _host.Client.GetByteArrayAsync($"/v2/app/web/blobs/{Images.DigestOf(content)}"));
        using var gone = await _host.GetAsync(at);
        Assert.Equal((HttpStatusCode.NotFound, "BLOB_UPLOAD_UNKNOWN"), await gone.ErrorAsync());
        Assert.Empty(Uploads());
    }

    [Fact]
    public async Task a_wrong_digest_keeps_nothing_and_an_upload_can_be_cancelled()
    {
        var at = await _host.BeginAsync("app/web");
        using (var wrong = await _host.SendContentAsync(HttpMethod.Put, $"{at}?digest={Images.DigestOf("other")}", "content"u8.ToArray()))
            Assert.Equal((HttpStatusCode.BadRequest, "DIGEST_INVALID"), await wrong.ErrorAsync());
        using (var post = await _host.PostAsync($"/v2/app/web/blobs/uploads/?digest={Images.DigestOf("other")}", "content"u8.ToArray()))
            Assert.Equal((HttpStatusCode.BadRequest, "DIGEST_INVALID"), await post.ErrorAsync());
        using (var none = await _host.SendContentAsync(HttpMethod.Put, at + "?digest=sha256:x", []))
            Assert.Equal((HttpStatusCode.BadRequest, "DIGEST_INVALID"), await none.ErrorAsync());
        at = await _host.BeginAsync("app/web");
        (await _host.SendContentAsync(HttpMethod.Patch, at, "content"u8.ToArray())).Dispose();
        Assert.Single(Uploads());
        using (var other = await _host.SendAsync(HttpMethod.Delete, at.Replace("/web/", "/other/", StringComparison.Ordinal)))
            Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        using (var cancelled = await _host.SendAsync(HttpMethod.Delete, at)) Assert.Equal(HttpStatusCode.NoContent, cancelled.StatusCode);
        Assert.Empty(Uploads());
        Assert.Empty(_host.OnDisk().Whole);
        Assert.Equal(0L, await _host.ScalarAsync<long>("select used_bytes from registry.repositories"));
    }

    [Fact]
    public async Task a_content_is_found_under_its_sha512_when_it_was_sent_so()
    {
        var digest = "sha512:" + Convert.ToHexStringLower(SHA512.HashData("content"u8));
        var at = await _host.BeginAsync("app/web");
        (await _host.SendContentAsync(HttpMethod.Patch, at, "cont"u8.ToArray())).Dispose();
        using (var put = await _host.SendContentAsync(HttpMethod.Put, $"{at}?digest={digest}", "ent"u8.ToArray()))
            Assert.Equal((HttpStatusCode.Created, digest), (put.StatusCode, put.Header("Docker-Content-Digest")));
        Assert.Equal("content", await _host.Client.GetStringAsync($"/v2/app/web/blobs/{digest}"));
        using (var wrong = await _host.PostAsync($"/v2/app/web/blobs/uploads/?digest={digest}", "other"u8.ToArray()))
            Assert.Equal((HttpStatusCode.BadRequest, "DIGEST_INVALID"), await wrong.ErrorAsync());
    }

    [Fact]
    public async Task a_manifest_whose_blobs_are_missing_or_that_lies_is_refused_and_its_subject_may_be_missing()
    {
        var manifest = Images.Of("{}"u8.ToArray(), "layer"u8.ToArray());
        using (var missing = await _host.PutManifestAsync("app/web", "v1", manifest.ToJsonString()))
            Assert.Equal((HttpStatusCode.NotFound, "MANIFEST_BLOB_UNKNOWN"), await missing.ErrorAsync());
        await _host.PushBlobAsync("app/web", "{}"u8.ToArray());
        await _host.PushBlobAsync("app/web", "layer"u8.ToArray());
        using (var wrong = await _host.PutManifestAsync("app/web", Images.DigestOf("x"), manifest.ToJsonString()))
            Assert.Equal((HttpStatusCode.BadRequest, "DIGEST_INVALID"), await wrong.ErrorAsync());
        using (var broken = await _host.PutManifestAsync("app/web", "v1", "{"))
            Assert.Equal((HttpStatusCode.BadRequest, "MANIFEST_INVALID"), await broken.ErrorAsync());
        using (var tag = await _host.PutManifestAsync("app/web", "-v1", manifest.ToJsonString()))
            Assert.Equal((HttpStatusCode.BadRequest, "MANIFEST_INVALID"), await tag.ErrorAsync());
        using (var index = await _host.PutManifestAsync("app/web", "i", Images.IndexOf(manifest).ToJsonString(), Images.Index))
            Assert.Equal((HttpStatusCode.NotFound, "MANIFEST_BLOB_UNKNOWN"), await index.ErrorAsync());

        manifest["subject"] = Images.Descriptor("nobody"u8.ToArray(), Images.Manifest);
        using var put = await _host.PutManifestAsync("app/web", "v1", manifest.ToJsonString());
        Assert.Equal((HttpStatusCode.Created, Images.DigestOf("nobody")), (put.StatusCode, put.Header("OCI-Subject")));
    }

    [Fact]
    public async Task a_manifest_of_four_mebibytes_is_kept_and_a_larger_one_is_refused_also_without_a_length()
    {
        await _host.PushBlobAsync("app/web", "{}"u8.ToArray());
        var manifest = Images.Of("{}"u8.ToArray()).ToJsonString();
        using (var whole = await _host.PutManifestAsync("app/web", "large", manifest.PadRight(4 << 20)))
            Assert.Equal(HttpStatusCode.Created, whole.StatusCode);
        using (var larger = await _host.PutManifestAsync("app/web", "larger", manifest.PadRight((4 << 20) + 1)))
            Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "SIZE_INVALID"), await larger.ErrorAsync());
        using var request = new HttpRequestMessage(HttpMethod.Put, "/v2/app/web/manifests/larger")
        {
            Content = new StreamContent(new MemoryStream(Encoding.ASCII.GetBytes(manifest.PadRight((4 << 20) + 1)))),
        };
        request.Headers.TransferEncodingChunked = true;
        using var chunked = await _host.Client.SendAsync(request);
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "SIZE_INVALID"), await chunked.ErrorAsync());
    }

    [Fact]
    public async Task tens_of_thousands_of_layers_are_held_each()
    {
        await _host.PushBlobAsync("app/web", "{}"u8.ToArray());
        await _host.PushBlobAsync("app/web", "layer"u8.ToArray());
        var layers = Enumerable.Repeat(Images.Descriptor("layer"u8.ToArray(), "x"), 20_000)
            .Select(static d => d.DeepClone()).ToArray();
        var manifest = Images.Of("{}"u8.ToArray());
        manifest["layers"] = new JsonArray(layers);
        using (var put = await _host.PutManifestAsync("app/web", "v1", manifest.ToJsonString()))
            Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        Assert.Equal(2L, await _host.ScalarAsync<long>("select count(*) from registry.oci_layers"));
        manifest["layers"] = new JsonArray([.. Enumerable.Range(0, 20_000)
            .Select(static i => Images.Descriptor(BitConverter.GetBytes(i), "x"))]);
        using var missing = await _host.PutManifestAsync("app/web", "v2", manifest.ToJsonString());
        Assert.Equal((HttpStatusCode.NotFound, "MANIFEST_BLOB_UNKNOWN"), await missing.ErrorAsync());
        Assert.True((await missing.Content.ReadAsStringAsync()).Length < 1000);
    }

    [Fact]
    public async Task tags_come_in_pages_in_ascii_order()
    {
        var digest = await _host.PushAsync("app/web", "a", "layer");
        var manifest = await _host.Client.GetStringAsync("/v2/app/web/manifests/a");
        using (var tags = await _host.PutManifestAsync("app/web", $"{digest}?tag=b&tag=B&tag=1", manifest))
            Assert.Equal((HttpStatusCode.Created, "b, B, 1"), (tags.StatusCode, tags.Header("OCI-Tag")));
        using var first = await _host.GetAsync("/v2/app/web/tags/list?n=2");
        Assert.Equal("""{"name":"app/web","tags":["1","B"]}""", await first.Content.ReadAsStringAsync());
        Assert.Equal("</v2/app/web/tags/list?n=2&last=B>; rel=\"next\"", first.Header("Link"));
        using var second = await _host.GetAsync("/v2/app/web/tags/list?n=2&last=B");
        Assert.Equal(("""{"name":"app/web","tags":["a","b"]}""", null), (await second.Content.ReadAsStringAsync(), second.Header("Link")));
        using var none = await _host.GetAsync("/v2/app/web/tags/list?n=0");
        Assert.Equal(("""{"name":"app/web","tags":[]}""", null), (await none.Content.ReadAsStringAsync(), none.Header("Link")));
        Assert.Equal("""{"name":"app/web","tags":["b"]}""", await _host.Client.GetStringAsync("/v2/app/web/tags/list?last=a"));
        foreach (var wrong in (string[])["n=-1", "n=x", "n=", "n=99999999999999999999", "last=%00"])
        {
            using var refused = await _host.GetAsync("/v2/app/web/tags/list?" + wrong);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }

        using var unknown = await _host.GetAsync("/v2/app/none/tags/list");
        Assert.Equal((HttpStatusCode.NotFound, "NAME_UNKNOWN"), await unknown.ErrorAsync());
    }

    [Fact]
    public async Task referrers_are_listed_by_subject_filtered_and_with_those_of_the_fallback_tag()
    {
        var subject = await _host.PushAsync("app/web", "v1", "layer");
        using (var empty = await _host.GetAsync($"/v2/app/none/referrers/{subject}"))
        {
            Assert.Equal((HttpStatusCode.OK, Images.Index), (empty.StatusCode, empty.Content.Headers.ContentType!.ToString()));
            Assert.Empty((await JsonAsync(empty))["manifests"]!.AsArray());
        }

        async Task<string> ReferAsync(string type, string note)
        {
            var manifest = Images.Of("{}"u8.ToArray());
            manifest["artifactType"] = type;
            manifest["subject"] = new JsonObject { ["mediaType"] = Images.Manifest, ["digest"] = subject, ["size"] = 1 };
            manifest["annotations"] = new JsonObject { ["note"] = note };
            using var put = await _host.PutManifestAsync("app/web", Images.DigestOf(manifest.ToJsonString()), manifest.ToJsonString());
            Assert.Equal((HttpStatusCode.Created, subject), (put.StatusCode, put.Header("OCI-Subject")));
            return Images.DigestOf(manifest.ToJsonString());
        }

        var (signature, bill) = (await ReferAsync("x/signature", "a"), await ReferAsync("x/bill", "b"));
        var old = Images.Of("{}"u8.ToArray());
        old["artifactType"] = "x/old";
        using (var put = await _host.PutManifestAsync("app/web", Images.DigestOf(old.ToJsonString()), old.ToJsonString()))
            Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        var index = Images.IndexOf(old);
        index["manifests"]![0]!["artifactType"] = "x/old";
        using (var put = await _host.PutManifestAsync(
            "app/web", subject.Replace(':', '-'), index.ToJsonString(), Images.Index)) Assert.Equal(HttpStatusCode.Created, put.StatusCode);

        using var all = await _host.GetAsync($"/v2/app/web/referrers/{subject}");
        var found = (await JsonAsync(all))["manifests"]!.AsArray();
        Assert.Equal(
            new[] { signature, bill, Images.DigestOf(old.ToJsonString()) }.Order(StringComparer.Ordinal),
            found.Select(static f => (string)f!["digest"]!).Order(StringComparer.Ordinal));
        Assert.Equal("a", (string?)found.Single(f => (string?)f!["artifactType"] == "x/signature")!["annotations"]!["note"]);
        using var some = await _host.GetAsync($"/v2/app/web/referrers/{subject}?artifactType=x/bill");
        Assert.Equal("artifactType", some.Header("OCI-Filters-Applied"));
        Assert.Equal(bill, (string?)Assert.Single((await JsonAsync(some))["manifests"]!.AsArray())!["digest"]);
        using var wrong = await _host.GetAsync("/v2/app/web/referrers/sha256:x");
        Assert.Equal((HttpStatusCode.BadRequest, "DIGEST_INVALID"), await wrong.ErrorAsync());
    }

    [Fact]
    public async Task a_tag_is_removed_alone_and_a_manifest_with_its_tags_and_no_manifest_ever_loses_a_blob()
    {
        var digest = await _host.PushAsync("app/web", "a", "layer");
        (await _host.PutManifestAsync("app/web", "b", await _host.Client.GetStringAsync("/v2/app/web/manifests/a"))).Dispose();
        using (var held = await _host.SendAsync(HttpMethod.Delete, $"/v2/app/web/blobs/{Images.DigestOf("layer")}"))
            Assert.Equal((HttpStatusCode.MethodNotAllowed, "UNSUPPORTED"), await held.ErrorAsync());
        using (var tag = await _host.SendAsync(HttpMethod.Delete, "/v2/app/web/manifests/a"))
            Assert.Equal(HttpStatusCode.Accepted, tag.StatusCode);
        Assert.Equal("""{"name":"app/web","tags":["b"]}""", await _host.Client.GetStringAsync("/v2/app/web/tags/list"));
        using (var whole = await _host.SendAsync(HttpMethod.Delete, $"/v2/app/web/manifests/{digest}"))
            Assert.Equal(HttpStatusCode.Accepted, whole.StatusCode);
        using (var gone = await _host.GetAsync("/v2/app/web/manifests/b"))
            Assert.Equal((HttpStatusCode.NotFound, "MANIFEST_UNKNOWN"), await gone.ErrorAsync());
        using (var again = await _host.SendAsync(HttpMethod.Delete, $"/v2/app/web/manifests/{digest}"))
            Assert.Equal((HttpStatusCode.NotFound, "MANIFEST_UNKNOWN"), await again.ErrorAsync());
        foreach (var blob in (string[])["layer", "{}"])
        {
            using var deleted = await _host.SendAsync(HttpMethod.Delete, $"/v2/app/web/blobs/{Images.DigestOf(blob)}");
            Assert.Equal(HttpStatusCode.Accepted, deleted.StatusCode);
        }

        Assert.Equal((0L, 0L), (
            await _host.ScalarAsync<long>("select used_bytes from registry.repositories"),
            await _host.ScalarAsync<long>("select file_count from registry.repositories")));
        Assert.Equal(
            ["image_manifest_put", "image_tag_set", "image_tag_set", "image_tag_removed", "image_manifest_deleted", "image_blob_removed",
                "image_blob_removed"],
            (await _host.ScalarAsync<string>("select string_agg(type, ',' order by version) from registry.mt_events where stream_id = "
                + "'image/app/web'")).Split(','));
    }

    [Fact]
    public async Task a_blob_is_mounted_from_where_the_caller_may_read_and_charged_once()
    {
        await _host.DefineAsync("secret", format: "oci");
        await _host.PushBlobAsync("app/web", "layer"u8.ToArray());
        await _host.PushBlobAsync("secret/x", "hidden"u8.ToArray());
        foreach (var query in (string[])["&from=app/web", ""])
        {
            using var mounted = await _host.PostAsync(
                $"/v2/app/copy{query.Length}/blobs/uploads/?mount={Uri.EscapeDataString(Images.DigestOf("layer"))}{query}");
            Assert.Equal((HttpStatusCode.Created, Images.DigestOf("layer")), (mounted.StatusCode, mounted.Header("Docker-Content-Digest")));
        }

        Assert.Equal(5L, await _host.ScalarAsync<long>("select used_bytes from registry.repositories where name = 'app'"));
        using var client = await ClientAsync("registry:read:app", "registry:write:app");
        foreach (var query in (string[])["&from=secret/x", "", "&from=app/web", "&from=..%2Fx"])
        {
            using var refused = await client.PostAsync($"/v2/app/web/blobs/uploads/?mount={Images.DigestOf("hidden")}{query}", null);
            Assert.Equal((HttpStatusCode.Accepted, true), (refused.StatusCode, refused.Headers.Location is not null));
        }
    }

    [Fact]
    public async Task where_nothing_is_replaced_a_tag_never_moves()
    {
        await _host.DefineAsync("fixed", immutable: true, format: "oci");
        var first = await _host.PushAsync("fixed/web", "v1", "one");
        Assert.Equal(first, await _host.PushAsync("fixed/web", "v1", "one"));
        await _host.PushAsync("fixed/web", "v2", "two");
        using var moved = await _host.PutManifestAsync("fixed/web", "v1", await _host.Client.GetStringAsync("/v2/fixed/web/manifests/v2"));
        Assert.Equal((HttpStatusCode.Conflict, "DENIED"), await moved.ErrorAsync());
        using var got = await _host.GetAsync("/v2/fixed/web/manifests/v1");
        Assert.Equal(first, got.Header("Docker-Content-Digest"));
    }

    [Fact]
    public async Task of_pushes_of_one_tag_at_once_the_last_in_the_stream_is_what_it_means()
    {
        await _host.PushBlobAsync("app/web", "{}"u8.ToArray());
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(async i =>
        {
            var layer = Encoding.UTF8.GetBytes($"layer {i}");
            await _host.PushBlobAsync("app/web", layer);
            using var put = await _host.PutManifestAsync("app/web", "v1", Images.Of("{}"u8.ToArray(), layer).ToJsonString());
            return put.StatusCode;
        }));
        Assert.All(answers, static status => Assert.Equal(HttpStatusCode.Created, status));
        using var got = await _host.GetAsync("/v2/app/web/manifests/v1");
        Assert.Equal(got.Header("Docker-Content-Digest"), await _host.ScalarAsync<string>(
            "select data ->> 'digest' from registry.mt_events where type = 'image_tag_set' order by version desc limit 1"));
        Assert.Equal(32L, await _host.ScalarAsync<long>("select count(*) from registry.mt_events where stream_id = 'image/app/web'"));
        Assert.Equal(
            await _host.ScalarAsync<long>("select sum(size_bytes)::bigint from (select size_bytes from registry.oci_blobs "
                + "union all select size_bytes from registry.oci_manifests) x"),
            await _host.ScalarAsync<long>("select used_bytes from registry.repositories"));
    }

    [Fact]
    public async Task what_does_not_fit_the_quota_is_refused()
    {
        await _host.DefineAsync("small", quota: 10, format: "oci");
        await _host.PushBlobAsync("small", "12345678"u8.ToArray());
        using (var declared = await _host.PostAsync($"/v2/small/blobs/uploads/?digest={Images.DigestOf("abcd")}", "abcd"u8.ToArray()))
            Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "DENIED"), await declared.ErrorAsync());
        var at = await _host.BeginAsync("small");
        using var request = new HttpRequestMessage(HttpMethod.Patch, at)
        {
            Content = new StreamContent(new MemoryStream("abcd"u8.ToArray())),
        };
        request.Headers.TransferEncodingChunked = true;
        using var streamed = await _host.Client.SendAsync(request);
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "SIZE_INVALID"), await streamed.ErrorAsync());
        Assert.Equal(8L, await _host.ScalarAsync<long>("select used_bytes from registry.repositories where name = 'small'"));
    }

    [Fact]
    public async Task what_nobody_named_goes_after_a_day_and_what_a_manifest_holds_stays()
    {
        var digest = await _host.PushAsync("app/web", "v1", "held");
        await _host.PushBlobAsync("app/web", "loose"u8.ToArray());
        var at = await _host.BeginAsync("app/web");
        (await _host.SendContentAsync(HttpMethod.Patch, at, "half"u8.ToArray())).Dispose();
        await _host.ExecuteAsync("update registry.blobs set pinned_until = '-infinity'");
        await _host.Get<BlobSweep>().RunAsync(orphans: true, CancellationToken.None);
        Assert.Equal((4, 1), (_host.OnDisk().Whole.Count, Uploads().Length));

        await _host.ExecuteAsync("update registry.oci_blobs set held_until = '-infinity'");
        // Whoever asks does not send it: it is held again.
        using (var asked = await _host.SendAsync(HttpMethod.Head, $"/v2/app/web/blobs/{Images.DigestOf("loose")}"))
            Assert.Equal(HttpStatusCode.OK, asked.StatusCode);
        await _host.Get<BlobSweep>().RunAsync(orphans: true, CancellationToken.None);
        Assert.Equal(4, _host.OnDisk().Whole.Count);

        await _host.ExecuteAsync("update registry.oci_blobs set held_until = '-infinity'");
        await _host.ExecuteAsync("update registry.oci_uploads set changed_at = '-infinity'");
        await _host.Get<BlobSweep>().RunAsync(orphans: true, CancellationToken.None);
        Assert.Equal((3, 0), (_host.OnDisk().Whole.Count, Uploads().Length));
        using (var loose = await _host.GetAsync($"/v2/app/web/blobs/{Images.DigestOf("loose")}"))
            Assert.Equal((HttpStatusCode.NotFound, "BLOB_UNKNOWN"), await loose.ErrorAsync());
        Assert.Equal("held", await _host.Client.GetStringAsync($"/v2/app/web/blobs/{Images.DigestOf("held")}"));

        (await _host.SendAsync(HttpMethod.Delete, $"/v2/app/web/manifests/{digest}")).Dispose();
        await _host.Get<BlobSweep>().RunAsync(orphans: true, CancellationToken.None);
        Assert.Empty(_host.OnDisk().Whole);
        Assert.Equal(0L, await _host.ScalarAsync<long>("select used_bytes + file_count from registry.repositories"));
        using var removed = await _host.SendAsync(HttpMethod.Delete, "/repositories/app");
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
    }

    [Fact]
    public async Task an_index_that_lists_itself_cannot_be_made_and_one_of_an_index_can()
    {
        await _host.PushAsync("app/web", "v1", "layer");
        var image = JsonNode.Parse(await _host.Client.GetStringAsync("/v2/app/web/manifests/v1"))!.AsObject();
        var inner = Images.IndexOf(image);
        using (var put = await _host.PutManifestAsync("app/web", "inner", inner.ToJsonString(), Images.Index))
            Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        var outer = Images.IndexOf(inner);
        outer["manifests"]![0]!["mediaType"] = Images.Index;
        using (var put = await _host.PutManifestAsync("app/web", "outer", outer.ToJsonString(), Images.Index))
            Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        // A cycle would need a digest that is known before the bytes are: what is listed has to be there first.
        var cycle = Images.IndexOf(outer);
        cycle["manifests"]![0]!["digest"] = Images.DigestOf("myself");
        using var refused = await _host.PutManifestAsync("app/web", "cycle", cycle.ToJsonString(), Images.Index);
        Assert.Equal((HttpStatusCode.NotFound, "MANIFEST_BLOB_UNKNOWN"), await refused.ErrorAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private string[] Uploads() => Directory.GetFiles(Path.Combine(_home, "blobs", "registry", "uploads"));

    private async Task<HttpClient> ClientAsync(params string[] scopes)
    {
        var token = await AccessToken.CreateAsync(_host.Database, $"t {Guid.NewGuid()}", scopes, null, CancellationToken.None);
        var client = new HttpClient { BaseAddress = _host.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    private static async Task<JsonNode> JsonAsync(HttpResponseMessage answer) => JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
}
