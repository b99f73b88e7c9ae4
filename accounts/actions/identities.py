"""Who is meant by the numbers of a declaration, when one person is known by several."""

from django.db.models import QuerySet

from accounts.models import IdentityMerge, IdentityNumber, RegistrationDossier
from accounts.models.registration import IdType
from insurance.models import InsuredPerson
from vssid.crypto import keyed_hash

Kind = IdentityNumber.Kind


def standing(person: InsuredPerson | None) -> InsuredPerson | None:
    """Return the record that counts for a person: another one, where two were brought together."""
    if person is None:
        return None
    merges = IdentityMerge.objects.filter(duplicate=person, outcome=IdentityMerge.Outcome.APPROVED)
    merge = merges.select_related("kept").first()
    return standing(merge.kept) if merge else person


def other_records(dossier: RegistrationDossier) -> list[InsuredPerson]:
    """Return the records, beside the dossier's own, that one of its numbers leads to."""
    found = set(_known_by(dossier).values_list("person", flat=True))
    if dossier.id_type == IdType.CCCD and dossier.id_number:
        found |= set(InsuredPerson.objects.with_citizen_id(dossier.id_number).values_list("pk", flat=True))
    own = dossier.person
    stand = {person.pk: person for pk in found if (person := standing(InsuredPerson.objects.get(pk=pk)))}
    return [person for pk, person in sorted(stand.items()) if own is None or pk != own.pk]


def remember_numbers(dossier: RegistrationDossier, person: InsuredPerson) -> None:
    """Keep by which other numbers the person of a dossier that was just approved is known."""
    for kind, number in _numbers(dossier).items():
        hashed = keyed_hash(number, kind=f"known_{kind}")
        IdentityNumber.objects.get_or_create(kind=kind, number_hash=hashed, defaults={"person": person})


def _known_by(dossier: RegistrationDossier) -> QuerySet[IdentityNumber]:
    hashes = [keyed_hash(number, kind=f"known_{kind}") for kind, number in _numbers(dossier).items()]
    return IdentityNumber.objects.filter(number_hash__in=hashes)


def _numbers(dossier: RegistrationDossier) -> dict[str, str]:
    passport = dossier.id_number if dossier.id_type == IdType.PASSPORT else None
    numbers = {Kind.CMND.value: dossier.old_id_number, Kind.PASSPORT.value: passport}
    return {kind: number for kind, number in numbers.items() if number}
