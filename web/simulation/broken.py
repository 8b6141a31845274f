"""Pure: how a simulated world says that a rule was broken, and how a process dies in it."""


class BrokenRuleError(Exception):
    """A rule does not hold. `rule` is stable, so that a shorter script can be recognised as the same failure."""

    def __init__(self, rule: str, sentence: str) -> None:
        super().__init__(f"{rule}: {sentence}")
        self.rule = rule
        self.sentence = sentence


class ProcessDiedError(BaseException):
    """The process ends here, as with kill -9: nothing after it runs, so nobody may catch it."""
