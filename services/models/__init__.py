"""What public services keep: requests and their papers, payments, the help people read, the questions of visitors."""

from services.models.help import Article, VisitorQuestion
from services.models.requests import (
    BankEntry,
    BankList,
    PaymentSlip,
    RequestMessage,
    RequestNote,
    RequestPaper,
    ServiceRequest,
)

__all__ = [
    "Article",
    "BankEntry",
    "BankList",
    "PaymentSlip",
    "RequestMessage",
    "RequestNote",
    "RequestPaper",
    "ServiceRequest",
    "VisitorQuestion",
]
