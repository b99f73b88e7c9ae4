"""What can be imported, a module for what belongs together: reading of rows, checks by the database, merging."""

from insurance.actions.records.benefits import ADJUSTMENTS, BENEFITS
from insurance.actions.records.contributions import PERIODS
from insurance.actions.records.kind import Kind
from insurance.actions.records.people import CARDS, PERSONS
from insurance.actions.records.places import COLLECTING_POINTS, EMPLOYERS, FACILITIES
from insurance.actions.records.visits import PAPERS, VISIT_LINES, VISITS

IMPORT_KINDS: dict[str, Kind] = {
    "employers": EMPLOYERS,
    "facilities": FACILITIES,
    "collecting_points": COLLECTING_POINTS,
    "persons": PERSONS,
    "cards": CARDS,
    "periods": PERIODS,
    "benefits": BENEFITS,
    "adjustments": ADJUSTMENTS,
    "visits": VISITS,
    "visit_lines": VISIT_LINES,
    "papers": PAPERS,
}
"""In the order in which they must come in: later ones name earlier ones."""
