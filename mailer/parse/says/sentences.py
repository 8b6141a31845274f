"""Pure: a reply as sentences; a full stop inside an address, a link or a number ends none."""

import re

_END = re.compile(r"(?<=[.!?؟…])[\"'”»)]?[ \t]+(?=\S)|(?<=[。！？])|\n{1,3}")
_SOFT = re.compile(r"(?<=[^\s.!?:;,])[ \t]*\n(?=[a-zäöüßàâéèêñó])")
_SHORT = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|St|Nr|No|bzw|ca|z\. ?B|approx|incl|excl|e\.g|i\.e|Sra?|M)|\b\d{1,2})\.$")
_MAX_TEXT = 3_000
_MAX_SENTENCE = 300
_MAX_SENTENCES = 60


def split_sentences(text: str) -> list[str]:
    """Return the sentences of the first 3,000 characters, at most sixty of at most 300 characters each."""
    found: list[str] = []
    for part in _END.split(_SOFT.sub(" ", text[:_MAX_TEXT])):
        sentence = part.strip()
        if not sentence:
            continue
        if found and _SHORT.search(found[-1]) and len(found[-1]) + len(sentence) < _MAX_SENTENCE:
            found[-1] = f"{found[-1]} {sentence}"
        elif len(found) < _MAX_SENTENCES:
            found.append(sentence)
    return [sentence[:_MAX_SENTENCE] for sentence in found]
