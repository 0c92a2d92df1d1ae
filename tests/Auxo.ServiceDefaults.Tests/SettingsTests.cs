using System.Net;
using System.Text.Json;

using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Settings;
using Auxo.Testing;

using Npgsql;

namespace Auxo.ServiceDefaults.Tests;

public sealed class SettingsTests(PostgresFixture postgres)
{
    [Fact]
    public async Task what_the_operator_chose_and_what_counts_without_him_is_shown_to_readers_only()
    {
        var ct = TestContext.Current.CancellationToken;
        var connection = await postgres.CreateDatabaseAsync();
        await using var source = NpgsqlDataSource.Create(connection);
        await AccessToken.ApplySchemaAsync(source, ct);
        var reader = await AccessToken.CreateAsync(source, "reader", ["pipeline:read"], expiresAt: null, ct);
        var other = await AccessToken.CreateAsync(source, "other", ["notify:read"], expiresAt: null, ct);
        await using var service = await TestService.HostAsync(
            map: null,
            static builder => builder.Services.AddKnownSettings(
                new KnownSetting("Auxo__Keep__Days", "kept", "how long logs stay", "90"), KnownSetting.PublicUrl),
            $"--ConnectionStrings:auxo={connection}", "--Auxo:Keep:Days=30");

        await service.GetAsync("/settings", HttpStatusCode.Unauthorized);
        await service.GetAsync("/settings", HttpStatusCode.Forbidden, other);
        var answer = await (await service.GetAsync("/settings", HttpStatusCode.OK, reader)).ReadAsJsonAsync<JsonElement>();
        var items = answer.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(("Auxo__Keep__Days", "30", true), Of(items[0]));
        Assert.Equal(("Auxo__PublicUrl", KnownSetting.PublicUrl.Usual, false), Of(items[1]));

        static (string?, string?, bool) Of(JsonElement item) => (
            item.GetProperty("variable").GetString(), item.GetProperty("value").GetString(), item.GetProperty("isSet").GetBoolean());
    }
}
