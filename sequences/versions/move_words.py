"""Pure: what moving to another version does to one person, in words."""

from kit.errors import say


def say_no_place(key: str, *, is_free: bool) -> str:
    """Why somebody stays: the mail that waits (`is_free`) or leaves would come after what follows it."""
    if is_free:
        return say("The mail %(key)s is approved or written by hand and has no place before the rest there.", key=key)
    return say("The mail %(key)s is being sent and has no place before the rest there.", key=key)


def say_kept(key: str, *, is_by_hand: bool) -> str:
    """What becomes of a mail whose text the new version changes and that stays as it is."""
    if is_by_hand:
        return say("The mail %(key)s stays as it is, for it was decided.", key=key)
    return say("The mail %(key)s stays as it is, for it is being sent.", key=key)


def say_given_up(again: str, task: str, *, is_there: bool) -> str:
    """What becomes of a mail that waits (written anew if its step `is_there`), or of a task."""
    if again and is_there:
        return say("The mail %(key)s is written anew.", key=again)
    if again:
        return say("The mail %(key)s is left out: its step is gone.", key=again)
    return say("Nothing is to be done by hand for %(key)s any more.", key=task) if task else ""


def say_moved_steps(key: str) -> str:
    """Why somebody stays who has something to do."""
    return say("%(key)s is to be done first: the steps there have moved.", key=key)


def say_again(key: str) -> str:
    """Why somebody stays who would get a step twice."""
    return say("The step %(key)s is done and would come again there.", key=key)


def say_first_again(key: str) -> str:
    """Why somebody stays who would get a first mail twice."""
    return say("They had a first mail already, and %(key)s would be one there.", key=key)
