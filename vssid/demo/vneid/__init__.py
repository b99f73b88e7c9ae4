"""A stand-in for VNeID: a small OpenID provider with a cast of made-up people, for demonstration and tests.

It runs as its own process, `python -m vssid.demo.vneid`, and shares nothing with the portal but the protocol
(OpenID Connect Core and Discovery 1.0, PKCE of RFC 7636, the `iss` response parameter of RFC 9207).
"""
