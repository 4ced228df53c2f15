"""Provisions users and a group with scim2-client, which checks every answer against the RFCs.

The client discovers the service, and raises an exception for an answer that breaks a rule of its models:
status, media type, schema, location, version, or an attribute that must not be returned.
SCIM_URL and SCIM_TOKEN name the service, as go run ./infra/local -env-file writes them.
"""

import os

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import BulkOperation, BulkRequest, PatchOp, PatchOperation, SCIMException, SearchRequest

USERS = 5
PAGE = 2


def main() -> None:
    headers = {"Authorization": "Bearer " + os.environ["SCIM_TOKEN"]}
    with Client(base_url=os.environ["SCIM_URL"], headers=headers, timeout=60) as http:
        scim = SyncSCIMClient(http)
        scim.discover()
        user_model, group_model = scim.get_resource_model("User"), scim.get_resource_model("Group")
        users = [create_user(scim, user_model, number) for number in range(USERS)]
        query_by_index(scim, user_model, users)
        query_by_cursor(scim, user_model, users)
        change_user(scim, user_model, users[0])
        change_group(scim, group_model, users)
        change_in_bulk(scim, user_model, group_model)
        for user in users:
            scim.delete(user_model, user.id)
        refuse(scim, user_model, users[0].id)


def create_user(scim, model, number):
    name = f"scim2-client-{number}@example.com"
    emails = [{"value": name, "primary": True}]
    user = scim.create(model(user_name=name, display_name=f"Client {number}", emails=emails))
    assert user.user_name == name and user.meta.version, user
    assert scim.query(model, user.id) == user, "GET differs from the answer to POST"
    return user


def query_by_index(scim, model, users) -> None:
    found = []
    for start in range(1, USERS + 1, PAGE):
        page = scim.query(model, query_parameters=of_this_run(start_index=start, count=PAGE))
        assert page.total_results == USERS and page.start_index == start, page
        found += page.resources
    assert_same(found, users)


def query_by_cursor(scim, model, users) -> None:
    found, cursor = [], ""
    while cursor is not None:
        page = scim.query(model, query_parameters=of_this_run(cursor=cursor, count=PAGE))
        assert 0 < page.items_per_page <= PAGE, page
        found += page.resources
        cursor = page.next_cursor
    assert_same(found, users)


def of_this_run(**parameters) -> SearchRequest:
    return SearchRequest(filter='userName sw "scim2-client-"', sort_by="userName", **parameters)


def assert_same(found, users) -> None:
    assert [user.id for user in found] == [user.id for user in users], found


def change_user(scim, model, user) -> None:
    patched = scim.modify(model, user.id, patch(model, op="replace", path="displayName", value="Patched"))
    assert patched.display_name == "Patched" and patched.meta.version != user.meta.version, patched
    patched.display_name, patched.active = "Replaced", False
    replaced = scim.replace(patched)
    assert replaced.display_name == "Replaced" and replaced.active is False, replaced
    assert scim.query(model, user.id) == replaced, "GET differs from the answer to PUT"


def change_group(scim, model, users) -> None:
    group = scim.create(model(display_name="scim2-client", members=[{"value": users[0].id}]))
    scim.modify(model, group.id, patch(model, op="add", path="members", value=[{"value": users[1].id}]))
    scim.modify(model, group.id, patch(model, op="remove", path=f'members[value eq "{users[0].id}"]'))
    changed = scim.query(model, group.id)
    assert [member.value for member in changed.members] == [users[1].id], changed
    scim.delete(model, group.id)


def change_in_bulk(scim, user_model, group_model) -> None:
    """The group comes before the users that it refers to."""
    group = {"displayName": "scim2-client-bulk", "members": [{"value": f"bulkId:u{n}"} for n in range(USERS)]}
    operations = [BulkOperation[group_model](method="POST", bulk_id="g", path="/Groups", data=group)]
    for n in range(USERS):
        data = {"userName": f"bulk-{n}@example.com"}
        operations.append(BulkOperation[user_model](method="POST", bulk_id=f"u{n}", path="/Users", data=data))
    results = scim.bulk(BulkRequest[user_model | group_model](operations=operations)).operations
    assert [str(result.status) for result in results] == ["201"] * (USERS + 1), results
    ids = [str(result.location).rsplit("/", 1)[1] for result in results]
    assert sorted(member.value for member in scim.query(group_model, ids[0]).members) == sorted(ids[1:]), ids
    paths = [f"/Groups/{ids[0]}"] + [f"/Users/{id}" for id in ids[1:]]
    deletions = [BulkOperation[user_model](method="DELETE", path=path) for path in paths]
    results = scim.bulk(BulkRequest[user_model](operations=deletions)).operations
    assert [str(result.status) for result in results] == ["204"] * len(paths), results


def patch(model, **operation) -> PatchOp:
    return PatchOp[model](operations=[PatchOperation(**operation)])


def refuse(scim, model, deleted: str) -> None:
    """The client accepts the shape of an error as well."""
    try:
        scim.query(model, deleted)
    except SCIMException as error:
        assert error.status == 404, error
    else:
        raise AssertionError("a deleted user was found")


if __name__ == "__main__":
    main()
