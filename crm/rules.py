"""Loads the dated rules that travel with the package; read once, checked at the first use."""

from functools import cache
from pathlib import Path

import yaml

from crm.policy.warranty_rules import WarrantyRules, parse_rules

_FOLDER = Path(__file__).parent / "policy"


@cache
def warranty_rules() -> tuple[WarrantyRules, ...]:
    """Return the sets of warranty rules; raises crm.policy.warranty_rules.BadRules naming what is wrong."""
    return parse_rules(yaml.safe_load((_FOLDER / "warranty_rules.yaml").read_text(encoding="utf-8")))
