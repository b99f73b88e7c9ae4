"""What the portal tells a person on its own pages. `from vssid.notices import posting`, then `posting.post(…)`."""
