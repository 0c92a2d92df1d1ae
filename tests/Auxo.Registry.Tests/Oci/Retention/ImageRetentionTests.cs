using Auxo.Registry.Expiring;
using Auxo.Registry.Oci.Retention;

using FsCheck;
using FsCheck.Fluent;

namespace Auxo.Registry.Tests.Oci.Retention;

/// <summary>What of an image may go, without a host.</summary>
public sealed class ImageRetentionTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);
    private static readonly RetentionPolicy None = new(0, TimeSpan.FromDays(90));

    /// <summary>Any image: indexes of indexes, referrers to what is there and what is not, tags on anything, of any age.</summary>
    private static readonly Arbitrary<Image> Any = (
        from count in Gen.Choose(0, 25)
        from ages in Gen.ArrayOf(Gen.Choose(0, 200), count)
        from fetched in Gen.ArrayOf(Gen.Frequency((4, Gen.Constant(-1)), (1, Gen.Choose(0, 89))), count)
        from subjects in Gen.ArrayOf(Gen.Frequency((3, Gen.Constant(-1)), (1, Gen.Choose(0, 30))), count)
        from children in Gen.ArrayOf(Gen.Frequency((2, Gen.Constant(Array.Empty<int>())), (1, Gen.ArrayOf(Gen.Choose(0, 30), 3))), count)
        from tagged in Gen.ArrayOf(Gen.Choose(0, 30), 4)
        from newest in Gen.Choose(0, 4)
        select new Image(
            [
                .. Enumerable.Range(0, count).Select(i => new KeptManifest($"m{i}", Now.AddDays(-ages[i]),
                    fetched[i] < 0 ? null : Now.AddDays(-fetched[i]), subjects[i] < 0 || subjects[i] == i ? null : $"m{subjects[i]}",
                    // A digest stands in no index that was made before it.
                    [.. children[i].Where(child => child < i || child >= count).Distinct().Select(static child => $"m{child}")])),
            ],
            [
                .. tagged.Where(t => t < count).Select((t, i)
                    => new KeptTag(i % 2 == 0 ? $"v{i}" : $"pr-{i}", $"m{t}", Now.AddDays(-ages[t]))),
            ], new RetentionPolicy(newest, TimeSpan.FromDays(90)))).ToArbitrary();

    [Fact]
    public void nothing_that_is_reachable_from_a_kept_tag_or_a_kept_manifest_ever_goes()
        => Prop.ForAll(Any, static image =>
        {
            foreach (var patterns in (string[][])[[], ["pr-*"], ["*"]])
            {
                var decided = ImageRetention.Decide(image.Manifests, image.Tags, patterns, image.Policy, Now);
                // A kill between two saves leaves the first groups gone and the others there.
                for (var done = 0; done <= decided.Manifests.Count; done++)
                {
                    var gone = decided.Manifests.Take(done).SelectMany(static g => g).Select(static m => m.Digest)
                        .ToHashSet(StringComparer.Ordinal);
                    var there = image.Manifests.Where(m => !gone.Contains(m.Digest)).ToList();
                    Assert.All(image.Tags.Except(decided.Tags), tag => Assert.DoesNotContain(tag.Digest, gone));
                    Assert.All(there, m => Assert.DoesNotContain(m.Children, gone.Contains));
                    Assert.All(there, m => Assert.True(m.Subject is null || !gone.Contains(m.Subject), $"{m.Digest} refers to nothing"));
                    var left = there.Select(static m => m.Digest).ToHashSet(StringComparer.Ordinal);
                    Assert.All(image.Manifests.Where(m => gone.Contains(m.Digest)),
                        m => Assert.True(m.Subject is null || !left.Contains(m.Subject), $"{m.Digest} was of what stays"));
                }

                var all = decided.Manifests.SelectMany(static g => g).ToList();
                Assert.Equal(all.Count, all.Distinct().Count());
                Assert.All(all, static m => Assert.True(m.PushedAt <= Now.AddDays(-90) && m.FetchedAt is null, "it is in use"));
                Assert.All(decided.Tags, tag => Assert.True(
                    patterns is ["*"] || patterns is ["pr-*"] && tag.Name.StartsWith("pr-", StringComparison.Ordinal), tag.Name));
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void what_nothing_needs_does_go()
        => Prop.ForAll(Any, static image =>
        {
            var old = image.Manifests.Select(static m => m with { PushedAt = Now.AddDays(-91), FetchedAt = null }).ToList();
            var decided = ImageRetention.Decide(old, [], [], None, Now);
            Assert.Equal(old.Count, decided.Manifests.Sum(static g => g.Count));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void a_tagged_index_keeps_its_platforms_and_the_signatures_of_each()
    {
        KeptManifest[] image =
        [
            Old("index", children: ["amd64", "arm64"]), Old("amd64"), Old("arm64"), Old("signature", subject: "amd64"),
            Old("of the signature", subject: "signature"), Old("before", children: ["amd64", "old arm64"]), Old("old arm64"),
            Old("signature of before", subject: "before"), Old("of nobody", subject: "never here"),
        ];
        var decided = ImageRetention.Decide(image, [new KeptTag("v1", "index", Now)], [], None, Now);
        Assert.Equal([["before", "old arm64", "signature of before"], ["of nobody"]],
            decided.Manifests.Select(static g => g.Select(static m => m.Digest)));
        Assert.Empty(ImageRetention.Decide(image, [new KeptTag("v1", "signature of before", Now), new KeptTag("v2", "index", Now)],
            [], new RetentionPolicy(3, TimeSpan.FromDays(90)), Now).Manifests);
    }

    [Fact]
    public void the_newest_stay_and_so_does_what_was_pushed_or_fetched_lately()
    {
        KeptManifest[] image =
        [
            Old("a") with { PushedAt = Now.AddDays(-300) }, Old("b") with { PushedAt = Now.AddDays(-200) },
            Old("c") with { PushedAt = Now.AddDays(-250), FetchedAt = Now.AddDays(-89) },
            Old("d") with { PushedAt = Now.AddDays(-400), FetchedAt = Now.AddDays(-91) }, Old("e") with { PushedAt = Now.AddDays(-89) },
        ];
        Assert.Equal(["d", "a"], Gone(ImageRetention.Decide(image, [], [], new RetentionPolicy(2, TimeSpan.FromDays(90)), Now)));
        Assert.Equal(["d", "a", "b"], Gone(ImageRetention.Decide(image, [], [], None, Now)));
    }

    [Fact]
    public void tags_go_only_by_a_pattern_beyond_the_newest_when_nobody_fetched_them()
    {
        KeptManifest[] image = [Old("a"), Old("b"), Old("c"), Old("d") with { FetchedAt = Now.AddDays(-1) }];
        KeptTag[] tags =
        [
            new("pr-1", "a", Now.AddDays(-300)), new("pr-2", "b", Now.AddDays(-200)), new("pr-3", "c", Now.AddDays(-100)),
            new("pr-4", "d", Now.AddDays(-400)), new("v1", "a", Now.AddDays(-500)),
        ];
        var policy = new RetentionPolicy(1, TimeSpan.FromDays(90));
        Assert.Empty(ImageRetention.Decide(image, tags, [], policy, Now).Tags);
        var decided = ImageRetention.Decide(image, tags, ["pr-*"], policy, Now);
        Assert.Equal(["pr-1", "pr-2"], decided.Tags.Select(static t => t.Name));
        // The other tag means it still.
        Assert.DoesNotContain("a", Gone(decided));
    }

    private static IEnumerable<string> Gone(ImageCleanUp decided)
        => decided.Manifests.SelectMany(static g => g).Select(static m => m.Digest);

    private static KeptManifest Old(string digest, string? subject = null, params string[] children)
        => new(digest, Now.AddDays(-100), null, subject, children);

    public sealed record Image(IReadOnlyList<KeptManifest> Manifests, IReadOnlyList<KeptTag> Tags, RetentionPolicy Policy);
}
