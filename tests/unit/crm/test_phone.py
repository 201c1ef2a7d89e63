"""Numbers that people write: whole ones are taken, others are refused with what they lack; a network's are kept."""

import pytest

from crm import phone


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("66883358", "电话号码缺区号，请写成 0757-66883358 这样"),
        ("6688-335", "电话号码缺区号，请写成 0757-66883358 这样"),
        ("+86 66883358", "电话号码缺区号，请写成 0757-66883358 这样"),
        ("95588", "这是服务号码，不是客户的电话"),
        ("12345", "这是服务号码，不是客户的电话"),
        ("110", "这是服务号码，不是客户的电话"),
        ("1380013800", "手机号要 11 位，这里有 10 位"),
        ("138001380000", "手机号要 11 位，这里有 12 位"),
        ("13800138000.0", "手机号要 11 位，这里有 12 位"),
        ("12345678901", "电话号码不对"),
        ("0757-66883358,66883359", "电话号码不对"),
        ("0757-66883358,,801", "电话号码不对"),
        ("40017260", "电话号码缺区号，请写成 0757-66883358 这样"),
        ("40017260111", "电话号码不对"),
        ("不方便说", "电话号码不对"),
        ("", "电话号码不对"),
    ],
)
def test_a_number_that_is_not_whole_is_refused_with_what_it_lacks(written: str, why: str) -> None:
    assert (phone.to_e164(written), phone.why_not(written)) == ("", why)


@pytest.mark.parametrize(
    ("written", "e164"),
    [
        ("0757-66883358", "+8675766883358"),
        ("75766883358", "+8675766883358"),
        ("0755 2688 335", "+867552688335"),
        ("020-88886666", "+862088886666"),
        ("010 62345678", "+861062345678"),
        ("0086 138 0013 8000", "+8613800138000"),
        ("８６１３８００１３８０００", "+8613800138000"),
        ("013800138000", "+8613800138000"),
        ("400-172-6011", "+864001726011"),
        ("+852 2123 4567", "+85221234567"),
    ],
)
def test_a_whole_number_is_taken(written: str, e164: str) -> None:
    assert (phone.to_e164(written), phone.why_not(written)) == (e164, "")


@pytest.mark.parametrize("tail", [",801", "，801", "转801", "分机801", "分机号：801", "-801", "；801", " 转 ８０１"])
def test_an_extension_is_never_lost(tail: str) -> None:
    written = f"0757-66883358{tail}"
    assert (phone.to_e164(written), phone.split(written)[1]) == ("+8675766883358", "801")


@pytest.mark.parametrize(
    ("e164", "shown"),
    [("+8695588", "95588"), ("+8666883358", "66883358"), ("+8612345", "12345"), ("+86110", "110")],
)
def test_what_a_network_sent_short_is_shown_as_it_came(e164: str, shown: str) -> None:
    assert (phone.national(e164), phone.grouped(e164)) == (shown, shown)
    assert phone.masked(e164) == f"{shown[:-2]}**"
