using Auxo.Registry.Identities;

namespace Auxo.Registry.Tests.Identities;

/// <summary>What groups may, as an operator writes it.</summary>
public sealed class GroupScopesTests
{
    [Theory]
    [InlineData("devs=registry:read", "devs", "registry:read")]
    [InlineData("devs=registry:read registry:write:npm/@a/*", "DEVS", "registry:read registry:write:npm/@a/*")]
    [InlineData("cn=Devs, ou=g,dc=org=registry:read", "CN=devs,OU=g,DC=org", "registry:read")]
    [InlineData("devs=registry:read;ops=registry:write", "ops,devs", "registry:read registry:write")]
    [InlineData("devs=registry:read;ops=admin registry:read", "ops,devs", "admin")]
    [InlineData("ops=admin;*=registry:read", "others", "registry:read")]
    [InlineData("ops=admin;*=registry:read", "", "registry:read")]
    [InlineData("ops=admin", "op,opss, ,", "")]
    [InlineData("ops=admin", "*", "")]
    public void groups_have_the_scopes_that_are_said_of_them(string setting, string groups, string scopes)
    {
        string[] names = groups.Contains('=', StringComparison.Ordinal) ? [groups] : groups.Split(',');
        Assert.Equal(scopes, string.Join(' ', GroupScopes.Parse(setting, "X").Of(names)));
    }

    [Fact]
    public void a_role_stands_for_its_scopes()
        => Assert.Contains("pipeline:write", GroupScopes.Parse("devs=developer", "X").Of(["devs"]));

    [Fact]
    public void being_in_a_group_that_is_called_like_everybody_is_nothing_special()
        => Assert.Equal(["registry:read"], GroupScopes.Parse("*=registry:read", "X").Of(["*"]));

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("devs")]
    [InlineData("=admin")]
    [InlineData("devs=")]
    [InlineData("devs=root")]
    [InlineData("devs=registry:raed")]
    [InlineData("devs=admin;;ops")]
    public void what_cannot_be_read_is_said_with_the_settings_name(string? setting)
        => Assert.Contains(
            "Auxo__Ldap__Groups", Assert.Throws<FormatException>(() => GroupScopes.Parse(setting, "Auxo__Ldap__Groups")).Message,
            StringComparison.Ordinal);
}
