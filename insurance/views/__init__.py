"""The citizen's pages of insurance records. The person comes with the request: oneself, or whom one may look after."""

from insurance.views.benefits import benefits
from insurance.views.card import card, card_code, card_picture, jwks, revoked
from insurance.views.card_images import image, images, pdf, withdraw
from insurance.views.card_kept import card_to_keep
from insurance.views.history import history
from insurance.views.history_files import history_file
from insurance.views.home import home
from insurance.views.statement import statement, statement_check
from insurance.views.visits import visit, visits

__all__ = [
    "benefits",
    "card",
    "card_code",
    "card_picture",
    "card_to_keep",
    "history",
    "history_file",
    "home",
    "image",
    "images",
    "jwks",
    "pdf",
    "revoked",
    "statement",
    "statement_check",
    "visit",
    "visits",
    "withdraw",
]
