"""Log-in by VNeID: a strict OpenID Connect relying party.

Read `client.py` for the flow, `checks.py` for what an answer must fulfil, `metadata.py` for what is known of the
provider, `views.py` for the pages. Which account a VNeID identity opens is decided in `accounts/actions/vneid.py`.
"""
