"""The database wrapper; Django finds it by this module's name in ENGINE."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Asks the socket, not the server, whether a kept connection can be used: a question less for every request."""

    def is_usable(self) -> bool:
        """Return False when the server has closed its end; after an error the server itself is asked."""
        if self.errors_occurred:
            return bool(super().is_usable())
        if self.connection is None or self.connection.closed:
            return False
        # An idle server says nothing. Something to read is its farewell, or so rare that a new connection does no harm.
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return not poll.poll(0)
