"""Where prompts lie: the same sound in one file for everybody who asks for it, every other sound in another."""

from pathlib import Path

from speech.contract import prompt_file, recorded_file

ROOT = Path("/prompts")


def test_a_synthetic_prompt_is_found_by_its_text_and_rate() -> None:
    path = prompt_file(ROOT, "您好")
    assert path == prompt_file(ROOT, "您好", 1.0)
    assert path.parent.parent == ROOT / "synthetic"
    assert path.name.startswith(path.parent.name)
    assert len({path, prompt_file(ROOT, "您好", 0.85), prompt_file(ROOT, "再见")}) == 3


def test_a_recording_is_found_by_its_key() -> None:
    assert recorded_file(ROOT, "fb_wait") == ROOT / "recorded" / "fb_wait.wav"
