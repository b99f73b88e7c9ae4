"""Fixtures for tests with real processes and a real browser."""
