global using Tool = Auxo.Testing.Tool;

[assembly: AssemblyFixture(typeof(Auxo.Testing.PostgresFixture))]
