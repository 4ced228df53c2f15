"""Runs every check of scim2-tester, and fails if one of them finds something.

SCIM_URL and SCIM_TOKEN name the service, as go run ./infra/local -env-file writes them.
"""

import os
import sys

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server

CONFORMING = {Status.SUCCESS, Status.COMPLIANT, Status.ACCEPTABLE}
# The tester discovers what it tests. These types must be among it.
TYPES = {"User", "Group"}


def main() -> int:
    headers = {"Authorization": "Bearer " + os.environ["SCIM_TOKEN"]}
    with Client(base_url=os.environ["SCIM_URL"], headers=headers, timeout=60) as http:
        results = check_server(SyncSCIMClient(http))
    findings = [result for result in results if result.status not in CONFORMING]
    for result in findings:
        print(f"{result.status.name} {result.title} {result.resource_type or ''}: {result.reason}")
    untested = TYPES - {result.resource_type for result in results}
    for name in sorted(untested):
        print(f"no check of {name} was run")
    return 1 if findings or untested else 0


if __name__ == "__main__":
    sys.exit(main())
