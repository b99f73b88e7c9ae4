"""How a form speaks: label, hint, error, control, and a summary that leads to each mistake."""

from html.parser import HTMLParser

import pytest
from django import forms
from django.template import Context, Template
from django.utils.translation import override


class Declaration(forms.Form):
    code = forms.CharField(
        label="Mã số", help_text="10 chữ số", widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "w10"})
    )
    email = forms.EmailField(label="Email", required=False)
    gender = forms.ChoiceField(label="Giới tính", choices=[("f", "Nữ"), ("m", "Nam")], widget=forms.RadioSelect)
    consent = forms.BooleanField(label="Tôi cam kết.")
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


class Elements(HTMLParser):
    """All start tags with their attributes, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def by_id(self, identifier):
        return next(attrs for _tag, attrs in self.found if attrs.get("id") == identifier)


def drawn(form, template="{{ form }}"):
    with override("vi"):
        return Template(template).render(Context({"form": form}))


def test_a_field_has_label_hint_error_and_control_in_this_order():
    html = drawn(Declaration({"code": ""}))
    places = [html.index(part) for part in ("Mã số</label>", "10 chữ số", 'id="id_code_error"', '<input type="text"')]
    assert places == sorted(places)


def test_hint_and_error_are_read_with_the_control():
    control = Elements(drawn(Declaration({"code": ""}))).by_id("id_code")
    assert control["aria-describedby"] == "id_code_helptext id_code_error"
    assert control["aria-invalid"] == "true"
    assert control["inputmode"] == "numeric"
    assert control["class"] == "ctl w10"


def test_every_reference_between_parts_exists():
    found = Elements(drawn(Declaration({}), '{% include "components/error_summary.html" %}{{ form }}')).found
    identifiers = {attrs["id"] for _tag, attrs in found if attrs.get("id")}
    for tag, attrs in found:
        for name in ("aria-describedby", "aria-labelledby", "for"):
            assert set((attrs.get(name) or "").split()) <= identifiers, (tag, attrs)
        if tag == "a":
            assert attrs["href"].removeprefix("#") in identifiers


def test_only_what_may_be_left_out_says_so():
    html = drawn(Declaration())
    assert html.count("(không bắt buộc)") == 1
    assert "*" not in html


def test_a_choice_is_one_group_with_its_question():
    tags = [tag for tag, _attrs in Elements(drawn(Declaration())).found]
    assert tags.count("fieldset") == tags.count("legend") == 1
    assert drawn(Declaration()).count('class="pick"') == 3


def test_the_summary_counts_names_and_leads():
    html = drawn(Declaration({"email": "x"}), '{% include "components/error_summary.html" %}')
    assert "Có 4 chỗ cần sửa" in html
    assert '<a href="#id_code">Mã số: Chưa điền mục này.</a>' in html
    assert '<a href="#id_gender_0">' in html
    assert "Tôi cam kết: Chưa điền" in html


def test_what_two_fields_say_alike_is_told_with_their_names():
    form = Declaration({})
    form.errors.clear()
    for name in ("code", "email"):
        form.add_error(name, "Mục này có dấu cách ở cuối, hãy xóa dấu cách đó.")
    html = drawn(form, '{% include "components/error_summary.html" %}')
    assert "Mã số: Mục này có dấu cách" in html
    assert html.count(": Mục này có dấu cách") == 2


def test_the_summary_takes_the_focus_without_a_script():
    html = drawn(Declaration({}), '{% include "components/error_summary.html" %}')
    assert 'tabindex="-1" autofocus' in html
    assert 'role="alert"' in html


@pytest.mark.parametrize("form", [None, Declaration()])
def test_no_summary_without_mistakes(form):
    assert drawn(form, '{% include "components/error_summary.html" %}').strip() == ""


def test_an_error_of_the_whole_form_is_in_the_summary():
    form = Declaration({})
    form.add_error(None, "Chưa khớp với dữ liệu BHXH.")
    assert "<span>Chưa khớp với dữ liệu BHXH.</span>" in drawn(form, '{% include "components/error_summary.html" %}')


def test_what_somebody_typed_stays_text():
    html = drawn(Declaration({"code": '"><img src=x onerror=alert(1)>'}))
    assert "<img" not in html
