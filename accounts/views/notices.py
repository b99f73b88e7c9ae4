"""What the portal tells the citizen: `/thong-bao/`."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.sessions import logged_in
from vssid.notices import posting
from vssid.notices.models import Notice

PAGE = 20


@require_http_methods(["GET", "HEAD", "POST"])
def notices(request: HttpRequest) -> HttpResponse:
    """List the notices to oneself and on one's children, newest first; a POST marks one, or all, as read."""
    user = logged_in(request)
    if user.person is None:
        return redirect("accounts:account")
    own, children = user.person.pk, tuple(user.children_ids)
    mine = Notice.objects.of_family(own, children)
    if request.method == "POST":
        return _read(request, own, children)
    page = Paginator(mine.order_by("-created_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    names = {one.child_id: one.child.full_name for one in request.family} if children else {}  # type: ignore[attr-defined]
    notices = [(notice, names.get(notice.person_id, "")) for notice in page]
    return render(request, "accounts/notices/list.html", {"page": page, "notices": notices, "unread": user.unread})


def _read(request: HttpRequest, own: int, children: tuple[int, ...]) -> HttpResponse:
    """Mark the notice of the button, and go where it leads; without one, all of them."""
    at, chosen = timezone.now(), request.POST.get("notice", "")
    if not chosen:
        posting.mark_read(person_id=own, children=children, at=at)
        return redirect("accounts:notices")
    try:
        notice = Notice.objects.of_family(own, children).filter(pk=UUID(chosen)).first()
    except ValueError:
        notice = None
    if notice is None:
        return redirect("accounts:notices")
    posting.mark_read([str(notice.pk)], person_id=own, children=children, at=at)
    return redirect(notice.url or "accounts:notices")
