"""The dated rules that travel with the package, parsed once."""

from functools import cache

from crm.policy.clock_rules import ClockRules, parse_clock_rules
from crm.policy.follow_up import FollowUpRules, parse_follow_up_rules
from crm.policy.quota import QuotaRules, parse_quota_rules
from crm.policy.warranty_rules import WarrantyRules, parse_rules
from crm.rules.service import default_sets


@cache
def warranty_rules() -> tuple[WarrantyRules, ...]:
    return parse_rules(list(default_sets("warranty")))


@cache
def clock_rules() -> tuple[ClockRules, ...]:
    return parse_clock_rules(list(default_sets("clocks")))


@cache
def quota_rules() -> tuple[QuotaRules, ...]:
    return parse_quota_rules(list(default_sets("quota")))


@cache
def follow_up_rules() -> tuple[FollowUpRules, ...]:
    return parse_follow_up_rules(list(default_sets("follow_up")))
