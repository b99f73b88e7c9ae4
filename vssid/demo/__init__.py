"""The demonstration: its cast, its pages and the stand-in for VNeID. Mounted only with DEMO=1."""
