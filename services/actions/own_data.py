"""What somebody asked for, for the archive of their own data (accounts/actions/archive_contents.py)."""

from __future__ import annotations

import json

from accounts.actions.archive_contents import Files, Table
from accounts.models import User
from services.models import RequestMessage, RequestPaper, ServiceRequest
from vssid.documents import storage


def requests_of(user: User) -> Table:
    """Requests the account filed, with the answers as they were given."""
    filed = ServiceRequest.objects.filter(account=user).select_related("office", "person").order_by("created_at")
    return [
        {
            "number": one.number,
            "service": str(one.procedure.name),
            "about_bhxh_code": one.person.bhxh_code,
            "office": one.office.name,
            "status": one.status,
            "submitted_at": one.submitted_at,
            "decided_at": one.decided_at,
            "reason": one.reason,
            "explanation": one.reason_text,
            "answer": one.outcome,
            "answers": json.dumps(one.answers, ensure_ascii=False),
        }
        for one in filed
    ]


def messages_of(user: User) -> Table:
    """The talk about these requests; officers by their office alone."""
    talk = RequestMessage.objects.filter(request__account=user).select_related("request").order_by("pk")
    return [
        {
            "request": one.request.number,
            "at": one.created_at,
            "from": "office" if one.from_staff else "citizen",
            "text": one.text,
        }
        for one in talk
    ]


def papers_of(user: User) -> Files:
    """The papers of these requests that are still kept."""
    papers = RequestPaper.objects.filter(request__account=user).exclude(stored_name="").select_related("request")
    for paper in papers.order_by("created_at"):
        number = (paper.request.number or f"draft-{paper.request_id}").replace("/", "-")
        content = storage.open(paper.stored_name, context="paper")
        yield f"requests/{number}/{paper.name}.{paper.kind.replace('jpeg', 'jpg')}", content
