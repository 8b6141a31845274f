"""Pure: Japanese carriers and the Chinese providers (163, 126, QQ, Sina), which name the address in a field.

It claims only text that has their characters; their servers with a Latin wording are read by the other dialects.
"""

import re

from mailer.parse.dialects.prose import MAX_WORDS, Named, Prose, named, once

_ADDRESS = r"[<\[\"「]{0,2}([^\s<>()@:;,\"\[\]「」：，。]{1,100}@[A-Za-z0-9.-]{1,200})"
_FRAME = re.compile(
    rf"(?:^|\n)[ \t]{{0,8}}(?:收件人(?:邮件)?(?:地址)?|收信人|受信者|宛先|あて先|送信先|recipient)[ "
    rf"\t]{{0,4}}[:：][ \t]{{0,4}}{_ADDRESS}|"
    rf"(?:无法(?:发送|投递|送达)到|無法(?:發送|投遞)到)[:：]?\s{{0,10}}{_ADDRESS}|"
    rf"(?:送信できません(?:でした)?|配信できません(?:でした)?|届(?:ける|けられ)[^\n]{{0,20}})。?[^@]{{0,200}}\n[ "
    rf"\t]{{0,8}}{_ADDRESS}",
    re.IGNORECASE,
)
_ASIAN = re.compile(
    r"[\u3040-\u30ff\u4e00-\u9fff]|each of the following recipients was rejected by a remote mail server", re.IGNORECASE
)


def read_asian(prose: Prose) -> tuple[Named, ...]:
    """Return the addresses of a notice in Japanese or Chinese."""
    head = prose.head[:30_000]
    if not _ASIAN.search(head):
        return ()
    return once(
        one
        for hit in _FRAME.finditer(head)
        for one in named(hit[1] or hit[2] or hit[3], head[hit.start() : hit.end() + MAX_WORDS], prose)
    )
