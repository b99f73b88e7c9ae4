"""What was made fast answers as the slow way does."""

import pytest
from django.template import engines
from django.utils.translation import override

from accounts.models import User
from tests.insurance.conftest import person  # noqa: F401
from vssid.queries import OneBy


@pytest.fixture
def user(person):  # noqa: F811
    user = User(username=person.bhxh_code, person=person, full_name=person.full_name)
    user.set_phone("+84900000107")
    user.save()
    return user


def test_an_object_made_without_the_orm_is_the_one_the_orm_makes(user, django_assert_num_queries):
    find = OneBy(lambda pk: User.objects.select_related("person").filter(pk=pk))
    find(0)
    with django_assert_num_queries(1):
        found = find(user.pk)
        same = {field.attname: getattr(found, field.attname) for field in User._meta.concrete_fields}
        own = found.person

    kept = User.objects.get(pk=user.pk)
    assert same == {field.attname: getattr(kept, field.attname) for field in User._meta.concrete_fields}
    assert same["phone"] == "+84900000107"
    assert own == kept.person
    assert own.citizen_id == kept.person.citizen_id


def test_who_has_no_person_and_who_does_not_exist(db):
    find = OneBy(lambda pk: User.objects.select_related("person").filter(pk=pk))
    staff = User.objects.create_user("canbo01", full_name="Trần Bản Mẫu", is_staff=True)

    assert find(staff.pk).person is None
    assert find(staff.pk + 1) is None


def test_an_object_that_was_found_can_be_changed_and_saved(user):
    found = OneBy(lambda pk: User.objects.select_related("person").filter(pk=pk))(user.pk)
    found.full_name = "LÊ VÍ DỤ"
    found.save()

    assert User.objects.get(pk=user.pk).full_name == "LÊ VÍ DỤ"


@pytest.mark.parametrize(
    ("source", "vietnamese", "english"),
    [
        ('{% translate "Paid" %}', "Đã đóng", "Paid"),
        ('{% translate "Paid" as word %}({{ word }})', "(Đã đóng)", "(Paid)"),
        ("{% blocktranslate trimmed %} Paid {% endblocktranslate %}", "Đã đóng", "Paid"),
        ("{% blocktranslate asvar word %}Paid{% endblocktranslate %}({{ word }})", "(Đã đóng)", "(Paid)"),
        ("{% translate word %}", "Đã đóng", "Paid"),
    ],
)
def test_a_template_speaks_the_language_of_each_page(source, vietnamese, english):
    template = engines["django"].from_string(source)
    for _time in range(2):
        with override("vi"):
            assert template.render({"word": "Paid"}) == vietnamese
        with override("en"):
            assert template.render({"word": "Paid"}) == english


def test_signs_of_a_fixed_text_stay_as_they_are():
    template = engines["django"].from_string('{% translate "100% & more" %}{% icon "qr" %}{% icon name %}')
    drawn = template.render({"name": "qr"})
    assert drawn.startswith("100% &")
    assert drawn.count("#qr") == 2
