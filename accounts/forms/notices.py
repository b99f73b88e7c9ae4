"""Forms of the notices: finding them, and choosing how they come."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import NoticeChoices
from accounts.models.channels import OWN_SMS, Channel
from vssid.notices.topics import Topic

HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]
SHORT = forms.Select(attrs={"class": "w6"})


class FindForm(forms.Form):
    """What to show of the list; each part may be empty."""

    use_required_attribute = False

    q = forms.CharField(
        label=_("Words"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    topic = forms.ChoiceField(label=_("About"), required=False, choices=[("", _("Everything")), *Topic.choices])
    unread = forms.BooleanField(label=_("Only what is new"), required=False)


class ChannelsForm(forms.Form):
    """Topics by channel, and hours of rest. `channels` are those that reach this account."""

    use_required_attribute = False

    quiet_from = forms.TypedChoiceField(label=_("Quiet from"), choices=HOURS, coerce=int, widget=SHORT)
    quiet_to = forms.TypedChoiceField(label=_("Quiet until"), choices=HOURS, coerce=int, widget=SHORT)

    def __init__(self, data: Any, *, choices: NoticeChoices, channels: list[Channel]) -> None:
        initial: dict[str, Any] = {"quiet_from": choices.quiet_from, "quiet_to": choices.quiet_to}
        super().__init__(data, initial=initial)
        self.channels = channels
        for topic in self.topics():
            offered = [one for one in channels if one != Channel.SMS or topic not in OWN_SMS]
            if not offered:
                continue
            self.fields[topic.value] = forms.MultipleChoiceField(
                label=topic.label,
                choices=[(one.value, one.label) for one in offered],
                required=False,
                initial=[one.value for one in offered if topic.value in getattr(choices, one.value)],
                widget=forms.CheckboxSelectMultiple,
            )

    @staticmethod
    def topics() -> list[Topic]:
        """The topics there is a choice about."""
        return [topic for topic in Topic if topic != Topic.SECURITY]

    @property
    def topic_fields(self) -> list[forms.BoundField]:
        """The groups of boxes, one a topic."""
        return [self[topic.value] for topic in self.topics() if topic.value in self.fields]

    def chosen(self) -> dict[Channel, list[Topic]]:
        """What each offered channel shall carry."""
        facts = self.cleaned_data
        return {one: [topic for topic in self.topics() if one in facts.get(topic.value, ())] for one in self.channels}
