[assembly: AssemblyFixture(typeof(Auxo.Testing.PostgresFixture))]
