"""Run with the generated Python client on the path: address, token → what somebody's application reads first."""

import sys

from portal_client import AuthenticatedClient
from portal_client.api.me import me, me_card, me_contributions

address, token = sys.argv[1:]


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")


with AuthenticatedClient(base_url=address, token=token) as client:
    person = me.sync(client=client)
    say(person.bhxh_code, person.full_name)
    say(me_card.sync(client=client).status)
    for period in me_contributions.sync(client=client, kind="bhxh").results:
        say(period.from_, period.to, period.salary)
    refused = me_contributions.sync_detailed(client=client, kind="none")
    say(int(refused.status_code), refused.parsed.title)
