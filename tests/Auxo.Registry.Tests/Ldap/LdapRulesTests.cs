using System.Formats.Asn1;

using Auxo.Registry.Ldap;
using Auxo.Registry.Ldap.Protocol;

using Microsoft.Extensions.Configuration;

namespace Auxo.Registry.Tests.Ldap;

/// <summary>What is said to an LDAP server, and which settings make sense.</summary>
public sealed class LdapRulesTests
{
    [Theory]
    [InlineData("alice", "alice")]
    [InlineData("a,b+c\"d\\e<f>g;h=i", "a\\,b\\+c\\\"d\\\\e\\<f\\>g\\;h\\=i")]
    [InlineData("#a#", "\\#a#")]
    [InlineData(" a b ", "\\ a b\\ ")]
    [InlineData("a\0", "a\\00")]
    [InlineData("", "")]
    public void a_name_stays_one_value_of_a_distinguished_name(string name, string escaped)
        => Assert.Equal(escaped, DistinguishedName.Escape(name));

    [Fact]
    public void a_search_has_its_values_as_they_are_and_no_text_of_a_filter()
    {
        var message = LdapMessages.Search(7, "dc=x", [("uid", "*)(uid=*")], 2, ["cn"]);
        var search = new AsnReader(message, AsnEncodingRules.BER).ReadSequence();
        Assert.Equal(7, (int)search.ReadInteger());
        var body = search.ReadSequence(new Asn1Tag(TagClass.Application, 3, true));
        Assert.Equal("dc=x"u8.ToArray(), body.ReadOctetString());
        for (var i = 0; i < 5; i++) body.ReadEncodedValue();
        var or = body.ReadSetOf(new Asn1Tag(TagClass.ContextSpecific, 1, true));
        var equal = or.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 3, true));
        Assert.Equal(("uid", "*)(uid=*"), (Text(equal), Text(equal)));
        Assert.False(or.HasData);
    }

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("3000")]
    [InlineData("0203010203")]
    [InlineData("3003020101")]
    [InlineData("3005020101 0500")]
    [InlineData("300C02010161070A01010400")]
    public void what_is_no_answer_of_ldap_is_not_taken_for_one(string hex)
        => Assert.Throws<AsnContentException>(
            () => LdapMessages.Read(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))));

    [Theory]
    [InlineData("Auxo__Ldap__Url", "Url=https://x")]
    [InlineData("Auxo__Ldap__Url", "Url=nonsense")]
    [InlineData("Auxo__Ldap__StartTls", "Url=ldap://ldap.example.org|StartTls=off|UserDn=uid={name}|GroupBase=x|Groups=a=admin")]
    [InlineData("Auxo__Ldap__UserDn", "Url=ldaps://x|GroupBase=x|Groups=a=admin")]
    [InlineData("Auxo__Ldap__UserDn", "Url=ldaps://x|UserDn=uid=alice|GroupBase=x|Groups=a=admin")]
    [InlineData("Auxo__Ldap__UserDn", "Url=ldaps://x|UserDn=uid={name}|UserBase=y|GroupBase=x|Groups=a=admin")]
    [InlineData("Auxo__Ldap__UserBase", "Url=ldaps://x|UserBase=y|GroupBase=x|Groups=a=admin")]
    [InlineData("Auxo__Ldap__BindDn", "Url=ldaps://x|UserBase=y|BindDn=z|GroupBase=x|Groups=a=admin")]
    [InlineData("Auxo__Ldap__BindPasswordFile", "Url=ldaps://x|UserBase=y|BindDn=z|BindPasswordFile=/nowhere|GroupBase=x|Groups=a=admin")]
    [InlineData("Auxo__Ldap__GroupBase", "Url=ldaps://x|UserDn=uid={name}|Groups=a=admin")]
    [InlineData("Auxo__Ldap__Groups", "Url=ldaps://x|UserDn=uid={name}|GroupBase=x")]
    [InlineData("Auxo__Ldap__CaFile", "Url=ldaps://x|UserDn=uid={name}|GroupBase=x|Groups=a=admin|CaFile=/dev/null")]
    [InlineData("Auxo__Ldap__CacheSeconds", "Url=ldaps://x|UserDn=uid={name}|GroupBase=x|Groups=a=admin|CacheSeconds=-1")]
    public void settings_that_make_no_sense_are_named(string variable, string settings)
        => Assert.StartsWith(variable, Assert.Throws<FormatException>(() => Read(settings)).Message, StringComparison.Ordinal);

    [Fact]
    public void without_a_server_there_is_nothing() => Assert.Null(Read("UserDn=uid={name}"));

    [Fact]
    public void to_this_machine_passwords_may_go_without_tls()
        => Assert.False(Read("Url=ldap://127.0.0.1|StartTls=off|UserDn=uid={name}|GroupBase=x|Groups=a=admin")!.StartTls);

    private static LdapSettings? Read(string settings)
        => LdapSettings.From(new ConfigurationBuilder().AddInMemoryCollection(settings.Split('|').Select(static s => s.Split('=', 2))
            .Select(static s => KeyValuePair.Create<string, string?>("Auxo:Ldap:" + s[0], s[1]))).Build());

    private static string Text(AsnReader reader) => System.Text.Encoding.UTF8.GetString(reader.ReadOctetString());
}
