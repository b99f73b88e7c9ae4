"""The citizen's pages of insurance records. The person comes with the request: oneself, or whom one may look after."""

from insurance.views.card import card, card_code, card_picture, jwks, revoked
from insurance.views.history import history
from insurance.views.home import home

__all__ = ["card", "card_code", "card_picture", "history", "home", "jwks", "revoked"]
