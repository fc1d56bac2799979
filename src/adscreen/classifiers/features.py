"""What the feature classifier sees of an ad: which signs it shows, and which of them stand together.

No single sign separates lures from lawful migrant work (indicators.md, section 0); combinations do. Signs are grouped into *aspects* (who
pays the journey, what the work is, how one applies, what speaks for lawful work); the features are every sign, every aspect, every pair of
aspects, the absence of lawful particulars, and how many signs speak for either side. Nothing here depends on language, length, layout or on which fields are filled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from adscreen.indicators.catalogue import TIERS, Catalogue
from adscreen.indicators.matcher import Hit, place_indicator
from adscreen.indicators.reader import PAY_BANDS
from adscreen.indicators.values import MESSENGERS

ASPECTS: Mapping[str, frozenset[str]] = {
    name: frozenset(signs.split())
    for name, signs in {
        "journey_paid": "travel_paid airport_pickup_or_escort no_visa_or_easy_papers",
        "lodging": "food_and_lodging compound_living",
        "hot_place": "place_compound place_hot_spot place_hot_region place_hot_country",
        "bait_place": "place_transit_or_bait destination_euphemism onward_move moved_on_after_arrival",
        "ordinary_place": "place_ordinary",
        "desk_work": "role_customer_service_chat role_telesales_call_centre role_data_entry_typing role_online_gaming_staff role_translator_interpreter "
        "role_model_or_promoter role_social_media_marketing role_e_commerce_operator role_hr_recruiter role_casino_dealer_or_host "
        "role_admin_secretary_receptionist role_it_support_developer",
        "hand_work": "role_cook_kitchen role_hotel_restaurant_service role_domestic_care_nanny role_construction_trade role_factory_warehouse role_farm_fishing "
        "role_seafarer_cruise role_driver_delivery role_nurse_medical role_teacher_tutor role_security_guard role_cleaning role_beauty_massage "
        "role_engineer_technician_manager_finance role_sales_retail",
        "fraud_sector": "gambling_or_crypto_sector staff_side_slang investment_or_romance_chat target_foreign_customers ai_model_or_video_call role_online_gaming_staff "
        "persona_or_script_chat deposits_from_strangers",
        "vague_work": "vague_duties typing_or_language_test basic_computer_or_phone_only",
        "open_entry": "no_experience_needed no_education_needed no_language_needed",
        "pay_bait": "high_pay_claim pay_far_above_entry_wage pay_in_usd_or_crypto lifestyle_bait commission_or_bonus",
        "private_channel": "messenger_only_contact details_only_in_private trusted_person_relay employer_cannot_be_checked " + " ".join(f"contact_{m}" for m in MESSENGERS) + " contact_handle",
        "haste": "urgent_or_mass_recruitment immediate_departure no_interview",
        "hold": "exit_fee_or_buyout passport_kept_or_photo_asked secrecy border_or_irregular_travel debt_or_hardship_appeal no_upfront_cost_deducted_later "
        "resale_of_persons referral_bounty recruiter_quota_or_recruiting_recruiters safety_or_legality_claims contract_or_visa_after_arrival "
        "movement_or_phone_control leaving_costs_money paid_per_person_brought",
        "lawful_frame": "licence_or_job_order licence_number visa_named_type_and_sponsor contract_and_insurance interview_on_record stated_fee_policy "
        "passport_stays_with_worker pay_by_law_or_scale papers_before_travel meet_or_visit_before free_to_leave costs_stated_with_limit ordinary_pay_structure",
        "particulars": "specific_duties measurable_requirements shift_hours_and_reporting street_address_or_walk_in official_careers_channel named_checkable_employer "
        "contact_company_mail contact_website local_community_hire skill_is_tested physical_or_local_task service_for_own_customers named_supervisor_or_place",
        "money_asked": "upfront_fee task_scam bank_account_or_identity_request money_mule_or_reshipping loan_or_investment_offer remote_easy_income",
        "not_recruiting": "warning_or_news victim_or_family_story forum_question not_a_job_ad job_seeker_post legal_anti_scam_notice",
    }.items()
}  # fmt: skip
"""Signs that say the same kind of thing of an ad."""

EXTRACTED_SIGNS = (
    *(place_indicator(tier) for tier in TIERS),
    *(name for _, name in PAY_BANDS),
    *(f"contact_{kind}" for kind in (*MESSENGERS, "handle", "free_mail", "company_mail", "website", "phone")),
    "age_limit",
    "language_asked",
    "licence_number",
)
"""Signs that are read from values, not from the catalogue's phrases."""

LACKS = ("lawful_frame", "particulars")
"""Aspects whose absence is a feature in company of others: what is left out tells as much as what is said."""

TELLING_PLACES_AND_PAY = frozenset(
    ("place_compound", "place_hot_spot", "place_hot_region", "place_hot_country", "place_transit_or_bait", "pay_far_above_entry_wage")
)
LAWFUL_CONTACTS = frozenset(("licence_number", "contact_company_mail", "contact_website"))
"""Extracted signs that count with the catalogue's lure, and lawful, indicators."""

COUNT_STEPS = (1, 2, 3, 4, 6)
SHARE_STEPS = (0.33, 0.5, 0.67, 0.8, 1.0)
"""How many different signs of a kind an ad shows, and which share of both kinds speaks for a lure: a long ad collects signs of both kinds, so
the share counts beside the number. (A published study found one sign or more in 98 % of ordinary ads, five or more in 15 %; indicators.md D20.)"""

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FeatureSpace:
    """The features of a catalogue, in order.

    `names[i]` is a sign, an aspect (`@lodging`), a pair of aspects (`@lodging+@hot_place`, or `@hot_place-@particulars`: the second is absent), a
    number of signs (`#lure>=2`) or the share of lure signs (`#lure/all>=0.5`).
    """

    signs: tuple[str, ...]
    lure_signs: frozenset[str]
    lawful_signs: frozenset[str]
    names: tuple[str, ...]

    @classmethod
    def of(cls, catalogue: Catalogue) -> FeatureSpace:
        signs = (*(indicator.id for indicator in catalogue.indicators), *EXTRACTED_SIGNS)
        kinds = {kind: frozenset(i.id for i in catalogue.indicators if i.kind == kind) for kind in ("lure", "lawful")}
        aspects = [f"@{name}" for name in ASPECTS]
        pairs = [f"{a}+{b}" for a, b in combinations(aspects, 2)]
        lacks = [f"{a}-@{b}" for a in aspects for b in LACKS if a != f"@{b}"]
        counts = [f"#{kind}>={step}" for kind in ("lure", "lawful") for step in COUNT_STEPS]
        shares = [f"#lure/all>={step}" for step in SHARE_STEPS]
        names = (*signs, *aspects, *pairs, *lacks, *counts, *shares)
        return cls(signs, kinds["lure"] | TELLING_PLACES_AND_PAY, kinds["lawful"] | LAWFUL_CONTACTS, names)

    def vector(self, hits: Iterable[Hit]) -> FloatArray:
        """0/1 features of an ad, shape (len(names),)."""
        present = {hit.indicator for hit in hits}
        aspects = {name: bool(signs & present) for name, signs in ASPECTS.items()}
        lure, lawful = len(self.lure_signs & present), len(self.lawful_signs & present)
        values = [sign in present for sign in self.signs]
        values += aspects.values()
        values += [a and b for a, b in combinations(aspects.values(), 2)]
        values += [on and not aspects[lack] for name, on in aspects.items() for lack in LACKS if name != lack]
        values += [count >= step for count in (lure, lawful) for step in COUNT_STEPS]
        values += [lure > 0 and lure >= step * (lure + lawful) for step in SHARE_STEPS]
        return np.array(values, np.float64)

    def carriers(self, name: str) -> frozenset[str]:
        """The signs whose spans show a feature: those that can switch it on."""
        if name.startswith("#"):
            return self.lawful_signs if name.startswith("#lawful") else self.lure_signs
        if not name.startswith("@"):
            return frozenset((name,))
        present = name.split("-")[0]
        return frozenset().union(*(ASPECTS[aspect.removeprefix("@")] for aspect in present.split("+")))
