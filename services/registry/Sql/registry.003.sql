-- Images as OCI clients know them. An image is a name under a repository; the empty name is the repository itself. What happened to it is in the
-- event store (stream image/{repository}/{name}); a manifest, a layer and a config are contents like all others.

create table {schema}.oci_images (
    id         bigint generated always as identity primary key,
    repository text collate "C" not null references {schema}.repositories on delete cascade,
    name       text collate "C" not null,
    unique (repository, name)
);

-- The contents that may be asked for under an image's name. One that no manifest holds is kept for a while only: its manifest comes after it.
create table {schema}.oci_blobs (
    image      bigint           not null references {schema}.oci_images on delete cascade,
    digest     text collate "C" not null, -- as it is asked for: sha256:… or sha512:…
    content    text collate "C" not null references {schema}.blobs,
    size_bytes bigint           not null,
    held_until timestamptz      not null,
    primary key (image, digest)
) with (fillfactor = 90);
create index oci_blobs_of_content on {schema}.oci_blobs (content);
create index oci_blobs_held on {schema}.oci_blobs (held_until);

create table {schema}.oci_manifests (
    image         bigint           not null references {schema}.oci_images on delete cascade,
    digest        text collate "C" not null,
    content       text collate "C" not null references {schema}.blobs,
    size_bytes    bigint           not null,
    media_type    text             not null,
    artifact_type text,
    subject       text collate "C", -- need not be there
    annotations   text,             -- JSON, as it was sent
    pushed_at     timestamptz      not null,
    pushed_by     text             not null,
    primary key (image, digest)
);
create index oci_manifests_of_content on {schema}.oci_manifests (content);
create index oci_referrers on {schema}.oci_manifests (image, subject, digest) where subject is not null;

-- Which manifest holds which blobs: the second key is why none of them can be taken away.
create table {schema}.oci_layers (
    image    bigint           not null,
    manifest text collate "C" not null,
    blob     text collate "C" not null,
    primary key (image, manifest, blob),
    foreign key (image, manifest) references {schema}.oci_manifests on delete cascade,
    foreign key (image, blob) references {schema}.oci_blobs
);
create index oci_layers_of_blob on {schema}.oci_layers (image, blob);

create table {schema}.oci_tags (
    image  bigint           not null,
    name   text collate "C" not null,
    digest text collate "C" not null,
    set_at timestamptz      not null,
    set_by text             not null,
    primary key (image, name),
    foreign key (image, digest) references {schema}.oci_manifests on delete cascade
) with (fillfactor = 90);
create index oci_tags_of_manifest on {schema}.oci_tags (image, digest);

-- Uploads that are under way. The bytes up to here are on the disk, in a file of that id.
create table {schema}.oci_uploads (
    id             uuid        primary key,
    repository     text collate "C" not null references {schema}.repositories on delete cascade,
    image          text collate "C" not null,
    received_bytes bigint      not null,
    changed_at     timestamptz not null,
    started_by     text        not null
) with (fillfactor = 80);
create index oci_uploads_changed on {schema}.oci_uploads (changed_at);

-- The id of an image, which is made when it is new.
create function {schema}.oci_image(of_repository text, named text) returns bigint
language plpgsql as $$
declare
    found_id bigint;
begin
    select i.id into found_id from registry.oci_images i where i.repository = of_repository and i.name = named;
    if found_id is not null then return found_id; end if;
    insert into registry.oci_images (repository, name) values (of_repository, named)
    on conflict (repository, name) do update set name = excluded.name returning id into found_id;
    return found_id;
end
$$;

-- Lets an image have a content. A repository is charged for a content once, however many of its images have it; those who charge it do so one after
-- the other, since each has to see what the other one did.
create function {schema}.oci_link(of_repository text, named text, as_digest text, of_content text, of_bytes bigint, hold timestamptz) returns void
language plpgsql as $$
declare
    of_image bigint;
    is_new   boolean;
begin
    perform from registry.repositories where name = of_repository for update;
    if not found then raise exception 'the repository % is gone', of_repository using errcode = 'AX010'; end if;
    of_image := registry.oci_image(of_repository, named);
    is_new := not exists (
        select from registry.oci_blobs b join registry.oci_images i on i.id = b.image where i.repository = of_repository and b.content = of_content);
    insert into registry.oci_blobs (image, digest, content, size_bytes, held_until) values (of_image, as_digest, of_content, of_bytes, hold)
    on conflict (image, digest) do update set held_until = greatest(oci_blobs.held_until, excluded.held_until);
    if not is_new then return; end if;
    update registry.repositories set used_bytes = used_bytes + of_bytes, file_count = file_count + 1
    where name = of_repository and used_bytes + of_bytes <= quota_bytes;
    perform registry.require_room(found, of_repository);
end
$$;

-- Takes a content away from an image; false when it has not got it. The keys refuse where a manifest holds it.
create function {schema}.oci_unlink(of_repository text, named text, as_digest text) returns boolean
language plpgsql as $$
declare
    of_content text;
    of_bytes   bigint;
begin
    perform from registry.repositories where name = of_repository for update;
    delete from registry.oci_blobs b using registry.oci_images i
    where i.repository = of_repository and i.name = named and b.image = i.id and b.digest = as_digest
    returning b.content, b.size_bytes into of_content, of_bytes;
    if of_content is null then return false; end if;
    if not exists (
        select from registry.oci_blobs b join registry.oci_images i on i.id = b.image where i.repository = of_repository and b.content = of_content)
    then
        update registry.repositories set used_bytes = used_bytes - of_bytes, file_count = file_count - 1 where name = of_repository;
    end if;
    return true;
end
$$;

-- The same for one that nobody waits for any more; false when somebody does.
create function {schema}.oci_release(of_repository text, named text, as_digest text, by_now timestamptz) returns boolean
language plpgsql as $$
begin
    perform from registry.repositories where name = of_repository for update;
    if not exists (
        select from registry.oci_blobs b join registry.oci_images i on i.id = b.image
        where i.repository = of_repository and i.name = named and b.digest = as_digest and b.held_until < by_now
            and not exists (select from registry.oci_layers l where l.image = b.image and l.blob = b.digest))
    then
        return false;
    end if;
    return registry.oci_unlink(of_repository, named, as_digest);
end
$$;
