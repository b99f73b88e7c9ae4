"""What a granted request changes in the records."""

from datetime import UTC, date, datetime

import pytest

from insurance.actions import corrections
from insurance.models import HealthCard
from tests.insurance import factories

AT = datetime(2026, 11, 22, 3, tzinfo=UTC)


@pytest.mark.django_db
def test_a_card_issued_again_is_a_new_one_with_the_same_facts():
    old = factories.CardFactory(valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31))
    facts = {"person_id": old.person_id, "key": "00100DVC/2026/00001", "by": "staff:1", "at": AT}
    new = corrections.reissue_card(**facts)
    assert corrections.reissue_card(**facts) == new != old
    old.refresh_from_db()
    assert old.revoked_at == AT
    assert (new.number, new.valid_to, new.facility) == (old.number, old.valid_to, old.facility)
    assert HealthCard.objects.filter(person=old.person_id).count() == 2


@pytest.mark.django_db
def test_without_a_card_in_force_there_is_nothing_to_issue_again():
    old = factories.CardFactory(valid_from=date(2024, 1, 1), valid_to=date(2024, 12, 31))
    with pytest.raises(corrections.NoCardToReissue):
        corrections.reissue_card(person_id=old.person_id, key="x", by="staff:1", at=AT)


@pytest.mark.django_db
def test_a_corrected_record_holds_the_new_values_and_nothing_else_changes():
    person = factories.PersonFactory()
    corrections.correct_person(person_id=person.pk, full_name="NGUYỄN THỊ MỚI", by="staff:1", at=AT)
    person.refresh_from_db()
    assert (person.full_name, person.date_of_birth, person.updated_at) == ("NGUYỄN THỊ MỚI", date(1985, 2, 9), AT)


@pytest.mark.django_db
def test_a_personal_number_belongs_to_one_person():
    first, second = factories.PersonFactory(), factories.PersonFactory()
    with pytest.raises(corrections.NumberTaken):
        corrections.correct_person(person_id=second.pk, citizen_id=first.citizen_id, by="staff:1", at=AT)
