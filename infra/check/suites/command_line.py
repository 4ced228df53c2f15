"""Provisions a user and a group with scim2-cli, the command-line client, run in this process.

Its commands check each answer as scim2-client does, and end with another status than 0 if one is refused.
SCIM_URL and SCIM_TOKEN name the service, as go run ./infra/local -env-file writes them.
"""

import json
import os

from click.testing import CliRunner
from scim2_cli import cli

USER = "scim2-cli@example.com"


def main() -> None:
    user = scim("create", "user", "--user-name", USER, "--title", "Tester")
    assert scim("query", "user", user["id"]) == user, "query differs from the answer to create"
    group = scim("create", "group", "--display-name", "scim2-cli")

    changed = scim("modify", "user", user["id"], "replace", "displayName", "Patched", "remove", "title")
    assert changed["displayName"] == "Patched" and "title" not in changed, changed
    changed["active"] = False
    assert scim("replace", input=json.dumps(changed))["active"] is False

    scim("modify", "group", group["id"], "add", "members", json.dumps([{"value": user["id"]}]))
    members = scim("query", "group", group["id"])["members"]
    assert [member["value"] for member in members] == [user["id"]], members

    found = scim("search", "user", "--filter", f'userName eq "{USER.upper()}"')
    assert [resource["id"] for resource in found["Resources"]] == [user["id"]], found
    by_cursor = scim("query", "user", "--filter", 'userName sw "scim2-cli"', "--cursor", "", "--count", "1")
    assert by_cursor["itemsPerPage"] == 1, by_cursor

    scim("delete", "group", group["id"])
    scim("delete", "user", user["id"])
    refused = run("query", "user", user["id"])
    assert refused.exit_code != 0 and "404" in refused.output, refused.output


def scim(*arguments: str, input: str | None = None):
    result = run(*arguments, input=input)
    assert result.exit_code == 0, f"scim2 {' '.join(arguments)}: {result.output} {result.exception or ''}"
    return json.loads(result.output) if result.output.strip() else None


def run(*arguments: str, input: str | None = None):
    environment = {
        "SCIM_CLI_URL": os.environ["SCIM_URL"],
        "SCIM_CLI_HEADERS": "Authorization: Bearer " + os.environ["SCIM_TOKEN"],
    }
    return CliRunner().invoke(cli, arguments, input=input, env=environment)


if __name__ == "__main__":
    main()
