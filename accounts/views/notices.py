"""What the portal tells the citizen: `/thong-bao/`, and how it comes: `/thong-bao/cai-dat/`."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import push
from accounts.actions import channels
from accounts.forms.notices import ChannelsForm, FindForm
from accounts.models import NoticeChoices, User
from accounts.models.channels import Channel
from accounts.rules.devices import words_for
from accounts.sessions import logged_in
from vssid.notices import posting
from vssid.notices.models import Notice, NoticeQuerySet
from vssid.notices.searching import with_words
from vssid.notices.topics import Topic, kinds_of

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
    form = FindForm(request.GET)
    found = _found(mine, form)
    page = Paginator(found.order_by("-created_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    names = {one.child_id: one.child.full_name for one in request.family} if children else {}  # type: ignore[attr-defined]
    context = {
        "page": page,
        "notices": [(notice, names.get(notice.person_id, "")) for notice in page],
        "unread": user.unread,
        "form": form,
        "query": _query(request),
        "narrowed": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "accounts/notices/list.html", context)


def _found(mine: NoticeQuerySet, form: FindForm) -> NoticeQuerySet:
    """Narrow the list to what the form asks for; what it cannot read is left out."""
    form.is_valid()
    facts = form.cleaned_data
    if topic := facts.get("topic"):
        mine = mine.filter(kind__in=kinds_of(Topic(topic)))
    if facts.get("unread"):
        mine = mine.unread()
    if words := facts.get("q"):
        mine = mine.filter(pk__in=with_words(mine, words))
    return mine


def _query(request: HttpRequest) -> str:
    """What was asked for, as the rest of an address behind `?page=2`."""
    asked = request.GET.copy()
    asked.pop("page", None)
    return f"&{asked.urlencode()}" if asked else ""


def _read(request: HttpRequest, own: int, children: tuple[int, ...]) -> HttpResponse:
    """Mark the notice of the button, and go where it leads; without one, all of them."""
    at, chosen = timezone.now(), request.POST.get("notice", "")
    here = reverse("accounts:notices") + (f"?{request.GET.urlencode()}" if request.GET else "")
    if not chosen:
        posting.mark_read(person_id=own, children=children, at=at)
        return redirect(here)
    try:
        notice = Notice.objects.of_family(own, children).filter(pk=UUID(chosen)).first()
    except ValueError:
        notice = None
    if notice is None:
        return redirect(here)
    posting.mark_read([str(notice.pk)], person_id=own, children=children, at=at)
    return redirect(notice.url or here)


@require_http_methods(["GET", "HEAD", "POST"])
def notice_settings(request: HttpRequest) -> HttpResponse:
    """Choose how notices come, and when they do not."""
    user = logged_in(request)
    if user.person is None:
        return redirect("accounts:account")
    offered = _offered(user)
    data = request.POST if request.method == "POST" else None
    form = ChannelsForm(data, choices=NoticeChoices.of(user), channels=offered)
    if form.is_valid():
        facts = form.cleaned_data
        channels.choose(
            user=user,
            chosen=form.chosen(),
            quiet=(facts["quiet_from"], facts["quiet_to"]),
            language=_language(),
            at=timezone.now(),
        )
        messages.success(request, _("Your choices are saved."))
        return redirect("accounts:notice-settings")
    browsers = [(one, words_for(one.device)) for one in user.push_subscriptions.order_by("-created_at")]
    context = {"form": form, "offered": offered, "push_key": push.public_key(), "browsers": browsers, "own": user}
    return render(request, "accounts/notices/settings.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def notice_devices(request: HttpRequest) -> HttpResponse:
    """Add this browser, as its script asks (204, or 400 when it is at no push service we know); or end another's."""
    if request.method != "POST":  # after a login in between
        return redirect("accounts:notice-settings")
    user = logged_in(request)
    if remove := request.POST.get("remove", ""):
        if remove.isdigit() and channels.remove_browser(user=user, key=int(remove)):
            messages.success(request, _("That device no longer gets notices."))
        return redirect("accounts:notice-settings")
    if not settings.VAPID_PRIVATE_KEY or user.person is None:
        raise Http404
    try:
        channels.add_browser(
            user=user,
            endpoint=request.POST.get("endpoint", ""),
            key=request.POST.get("key", ""),
            secret=request.POST.get("secret", ""),
            user_agent=request.headers.get("user-agent", ""),
            language=_language(),
            at=timezone.now(),
        )
    except push.NotAPushService:
        return HttpResponse(status=400)
    return HttpResponse(status=204)


def _offered(user: User) -> list[Channel]:
    """The channels that reach this account."""
    able = {
        Channel.SMS: bool(user.phone),
        Channel.EMAIL: bool(user.email and settings.EMAIL_URL),
        Channel.PUSH: bool(settings.VAPID_PRIVATE_KEY),
    }
    return [channel for channel in Channel if able[channel]]


def _language() -> str:
    return "en" if (get_language() or "vi").startswith("en") else "vi"
