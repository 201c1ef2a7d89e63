"""Wire forms of corrections."""

from crm.wire import Change, example


class SampleJudged(Change):
    """Whether the recognizer misheard (a sample) or the caller changed his mind (none)."""

    model_config = example(misheard=False)

    misheard: bool
