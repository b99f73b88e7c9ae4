"""What public services keep: requests and their papers, the help people read, the questions of visitors."""

from services.models.help import Article, VisitorQuestion
from services.models.requests import RequestMessage, RequestPaper, ServiceRequest

__all__ = ["Article", "RequestMessage", "RequestPaper", "ServiceRequest", "VisitorQuestion"]
