"""One public service a module."""
