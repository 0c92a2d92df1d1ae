[assembly: AssemblyFixture(typeof(Auxo.Testing.PostgresFixture))]

// A test of this suite may stop the server that all of them share.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
