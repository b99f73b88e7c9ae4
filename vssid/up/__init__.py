"""Starts and supervises the portal on one machine. Imports no Django, so that it can speak before settings can."""
