"""Estimates of benefits and contributions, as a list of lines that anybody can follow with pencil and paper.

Each topic is one module with one function on plain data. Rates and tables come in as arguments, dated by the caller;
what
is missing in a table is said in `Estimate.missing` and nothing is assumed in its place. Money is whole đồng.
"""

from insurance.rules.estimates.lines import Estimate, Line, Missing, Quantity, Unit

__all__ = ["Estimate", "Line", "Missing", "Quantity", "Unit"]
