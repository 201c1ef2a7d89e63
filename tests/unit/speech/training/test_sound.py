"""Alignment, telephone line, features, and held-out test speech: everything that is audio."""

import multiprocessing
from pathlib import Path

import numpy as np
import pytest

from speech.training import voices
from speech.training.alignment import Expected, Misread, Segment, align, align_noise
from speech.training.channel import (
    CLEAN,
    STEPS,
    WARPS,
    Channel,
    a_law,
    lose_packets,
    mu_law,
    resample,
    smooth,
    through_line,
)
from speech.training.espeak import Espeak, EspeakFailed, Manner
from speech.training.features import MEL_OF_MFCC, labels, log_mel, mfcc, output_frames
from speech.training.testset import Clip, Condition, TestSet, digest, printed_code
from speech.training.units import UNIT_NUMBER
from tests.unit.speech.training.small import small_talk


def test_phonemes_become_timed_units() -> None:
    phonemes = [
        (0.0, "k"),
        (0.05, "u"),
        (0.2, "_"),
        (0.201, "ts."),
        (0.3, "A"),
        (0.4, "N"),
        (0.5, "_:"),
        (0.6, "w"),
        (0.65, "o"),
    ]
    expected = [Expected(("g", "u")), Expected(("zh", "ang")), Expected(("uo",))]
    assert align(phonemes, 0.8, expected) == [
        Segment(0.0, 0.05, "g"), Segment(0.05, 0.201, "u"), Segment(0.201, 0.3, "zh"), Segment(0.3, 0.5, "ang"),
        Segment(0.5, 0.6, "SIL"), Segment(0.6, 0.8, "uo"),
    ]  # fmt: skip


def test_a_glide_without_a_sound_of_its_own_takes_the_vowels_head() -> None:
    assert align([(0.0, "i")], 0.4, [Expected(("y", "i"))]) == [Segment(0, 0.045, "y"), Segment(0.045, 0.4, "i")]


@pytest.mark.parametrize(
    ("phonemes", "expected"),
    [
        ([(0.0, "ph"), (0.1, "u")], ("g", "u")), ([(0.0, "k")], ("g", "u")), ([(0.0, "k"), (0.1, "u"),
        (0.2, "A")], ("g", "u")),
        ([(0.0, "(en)"), (0.1, "k")], ("g", "u")), ([(0.0, "k"), (0.1, "s")], ("g", "u")), ([(0.0, "k"),
        (0.1, "w")], ("g", "uo")),
    ],
)  # fmt: skip
def test_another_reading_than_expected_is_refused(phonemes: list[tuple[float, str]], expected: tuple[str, ...]) -> None:
    with pytest.raises(Misread):
        align(phonemes, 0.3, [Expected(expected)])


def test_foreign_speech_is_spoken_noise_in_pieces() -> None:
    phonemes = [(0.0, "h"), (0.05, "@"), (0.3, "l"), (0.4, "_:"), (0.5, "oU")]
    assert [(item.unit, item.end) for item in align_noise(phonemes, 0.7)] == [
        ("SPN", 0.3), ("SPN", 0.4), ("SIL", 0.5), ("SPN", 0.7),
    ]  # fmt: skip


def test_mfcc_are_those_of_kaldi() -> None:
    # figures of kaldi-native-fbank 1.23 for the same samples and the options of conf/mfcc.conf
    samples = (np.random.default_rng(0).standard_normal(8000) * 1000).astype(np.float32)
    found = mfcc(samples)
    assert found.shape == (98, 40)
    assert found[0, :5] == pytest.approx([114.309, -36.305, -11.692, -14.676, -13.833], abs=2e-3)
    assert found[97, 35:] == pytest.approx([-5.802, 0.762, 2.433, -0.193, -2.469], abs=2e-3)
    assert np.abs(found @ MEL_OF_MFCC.T - log_mel(samples)).max() < 1e-3


def test_too_short_audio_has_no_frames() -> None:
    assert log_mel(np.zeros(199, np.float32)).shape == (0, 40)
    assert output_frames(0) == 0
    assert output_frames(4) == 2


def test_labels_tell_the_first_frame_of_a_unit_from_the_others() -> None:
    line = labels([Segment(0, 0.1, "SIL"), Segment(0.1, 0.2, "a"), Segment(0.2, 0.3, "a")], 30)
    a = 2 * UNIT_NUMBER["a"]
    assert list(line) == [0, 1, 1, a, a + 1, a + 1, a + 1, a, a + 1, a + 1]


@pytest.mark.parametrize("count", [1, 2, 3, 7, 100, 1023, 8001, 44101])
def test_smooth_lengths(count: int) -> None:
    found = smooth(count)
    assert count <= found <= max(2, count * 1.15)
    for prime in (2, 3, 5):
        while found % prime == 0:
            found //= prime
    assert found == 1


@pytest.mark.parametrize("warp", [STEPS, *WARPS])
def test_resampling_keeps_a_tone_and_its_level(warp: int) -> None:
    seconds = np.arange(22050) / 22050
    tone = (8000 * np.sin(2 * np.pi * 500 * seconds)).astype(np.int16)
    out = resample(tone, warp)
    assert len(out) == warp * 50
    middle = out[1000:5096]
    peak = np.argmax(np.abs(np.fft.rfft(middle))) * 8000 / 4096
    assert peak == pytest.approx(500 * STEPS / warp, abs=3)
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(8000 / np.sqrt(2), rel=0.03)


def test_a_response_shapes_the_output_band() -> None:
    noise = (np.random.default_rng(0).standard_normal(22050) * 3000).astype(np.int16)
    response = np.where(np.linspace(0, 4000, 257) < 2000, 1.0, 0.0)
    spectrum = np.abs(np.fft.rfft(resample(noise, STEPS, response)[:8000]))
    assert spectrum[2100:].max() < spectrum[100:1900].mean() / 5


@pytest.mark.parametrize("law", [mu_law, a_law])
def test_codecs_keep_speech_within_their_error(law: type) -> None:
    samples = np.linspace(-32000, 32000, 4001).astype(np.float32)
    assert np.all(np.abs(law(samples) - samples) <= np.maximum(np.abs(samples) / 16, 40))


def test_noise_has_the_asked_level() -> None:
    chance = np.random.default_rng(2)
    speech = (chance.standard_normal(16000) * 1000).astype(np.float32)
    for snr in (20.0, 10.0):
        channel = Channel(coloring=0, noisy=1, snr=snr, loss=0, clipping=0, echo=0, codec="none")
        # the level is drawn first: find the gain by regression on the speech
        out = through_line(speech, channel, [], chance).astype(np.float64)
        gain = float(np.dot(out, speech) / np.dot(speech, speech))
        rest = out - gain * speech
        found = 10 * np.log10(np.mean((gain * speech) ** 2) / np.mean(rest**2))
        assert found == pytest.approx(snr, abs=1.0)


def test_lost_packets_are_silent() -> None:
    lost = lose_packets(np.ones(8000, np.float32), np.random.default_rng(0), 2)
    assert 160 <= np.count_nonzero(lost == 0) <= 640


def test_a_clean_line_only_codes() -> None:
    speech = (np.random.default_rng(1).standard_normal(4000) * 1000).astype(np.float32)
    out = through_line(speech, CLEAN, [speech], np.random.default_rng(1)).astype(np.float64)
    assert np.corrcoef(out, speech)[0, 1] > 0.998


# ---- held-out speech ----


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return voices.make_data(tmp_path_factory.mktemp("espeak"))


@pytest.fixture(scope="module")
def makers(studio: Path) -> TestSet:
    menu = {"repair": ["我要报修"], "my_ticket": ["师傅咋还没来"]}
    return TestSet(small_talk(), studio, menu, ["对", "是的"], ["不对"])


def _clips(makers: TestSet, slots: tuple[str, ...], count: int = 2) -> list[Clip]:
    return list(makers.clips(slots, [Condition(None), Condition(10, loss=True)], count, 7, jobs=2))


def test_test_speech_is_the_same_every_time_and_of_held_out_voices(makers: TestSet) -> None:
    slots = ("fault_code", "yes_no", "menu", "place", "unknown", "other")
    clips = _clips(makers, slots)
    assert digest(clips) == digest(_clips(makers, slots))
    assert clips[:1] == _clips(makers, ("fault_code",), 1)[:1], "a larger set holds the smaller one"
    held = {*voices.HELD_OUT_STOCK, *voices.HELD_OUT_RANDOM}
    for clip in clips:
        assert clip.voice in held
        assert clip.rate in voices.HELD_OUT_RATES
        assert len(clip.pcm) > 2 * 8000
        assert clip.truth or clip.slot == "unknown"
    assert {clip.truth for clip in clips if clip.slot == "yes_no"} <= {"yes", "no"}


def test_training_never_uses_what_is_held_out() -> None:
    chance = np.random.default_rng(0)
    for _ in range(2000):
        manner = voices.training_manner(chance)
        assert manner.voice.partition("+")[2] not in {*voices.HELD_OUT_STOCK, *voices.HELD_OUT_RANDOM}
        assert all(abs(manner.rate - rate) >= 2 for rate in voices.HELD_OUT_RATES)


def test_random_voices_are_what_their_names_say(studio: Path) -> None:
    folder = studio / "espeak-ng-data" / "voices" / "!v"
    assert voices.variant_text("held003") == (folder / "held003").read_text()
    assert len({voices.variant_text(name).split("\n", 2)[2] for name in voices.RANDOM}) == len(voices.RANDOM)


def test_an_unknown_voice_is_said_so() -> None:
    # in a child: test speech may not be made where the library was used
    child = multiprocessing.get_context("fork").Process(target=_ask_nobody)
    child.start()
    child.join()
    assert child.exitcode == 0


def _ask_nobody() -> None:
    with pytest.raises(EspeakFailed, match="nobody"):
        Espeak().say("对", Manner("nobody"))


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("E 零 三", "E03"), ("F 二 十 八", "F28"), ("E 十 八", "E18"),
        ("A 三 十", "A30"), ("五 P 幺", "5P1"), ("幺 零 八", "108"),
        ("佛山 的 F 二", "F2"), ("字母 E 一", "E1"), ("E 杠 零 一", "E01"),
        ("H 洞 拐 勾", "H079"), ("E 十", "E10"), ("E F", "EF"),
    ],
)  # fmt: skip
def test_codes_are_printed_as_displays_show_them(words: str, code: str) -> None:
    assert printed_code(words.split()) == code
