"""Why a request can be refused: reasons that every service shares, each with what the citizen can do and its rule.

A service adds its own with `refusals` in its definition. The objection that stands under each is in
`accounts.rules.refusals`.
"""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from accounts.rules.refusals import REFUSALS, Refusal

LAW = "NĐ 164/2025/NĐ-CP"

NO_MONTHLY_BENEFIT: Mapping[str, Refusal] = {
    "no_monthly_benefit": Refusal(
        _("No pension or allowance is being paid every month"),
        _("If one was granted to you, ask the office that decided it."),
        "Luật BHXH 41/2024/QH15, Điều 80",
    ),
}
COMMON: Mapping[str, Refusal] = {
    "record_differs": Refusal(
        REFUSALS["record_differs"].title,
        _("Have the record corrected first (form TK1-TS), then ask again: your answers are kept."),
        "NĐ 164/2025/NĐ-CP; Luật BHXH 41/2024/QH15",
    ),
    "not_proved": Refusal(
        _("The papers do not prove what is asked for"),
        _("Ask again with papers that prove it: your answers are kept."),
        LAW,
    ),
    "settled_already": Refusal(
        _("An earlier request settled this"),
        _("Its result is in the list of your requests."),
        LAW,
    ),
    "another_agency": Refusal(
        _("Another agency decides on this"),
        _("The explanation names it. Bring your request there; nothing is lost here."),
        "NĐ 118/2025/NĐ-CP",
    ),
}
