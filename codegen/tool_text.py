"""What a tool's description says: when to use it, in at most as many characters as are taken."""

import re

MAX_DESCRIPTION = 1_024
SENTENCE_END = re.compile(r"[.!?](?=\s)")
ALREADY = re.compile(r"use this when\b", re.IGNORECASE)
# Summaries begin with what the operation does: "List files", "Lists files" or neither.
VERBS = frozenset(
    """
    accept add analyze answer append apply approve archive assign attach authorize batch begin bind
    block book build buy call cancel capture change charge check claim clear clone close collect
    combine commit compact compare complete compress compute confirm connect continue convert copy
    count create deactivate delete deliver deploy describe destroy detach detect disable dispatch
    download draft duplicate edit embed enable encode enqueue estimate evaluate execute expire
    explain export extend extract fetch fill filter find finalize finish flag follow forward
    generate get give grade grant hang have hide import include index insert inspect install invite
    invoke issue join keep label launch leave link list load lock log look make mark match measure
    merge migrate mint modify monitor move mute notify open order parse patch pause pay perform pin
    place post predict preview print process produce provision publish purchase purge put query
    rank rate read rebuild receive record redeem refer refresh refund register reject release
    remix remove rename render renew reopen replace reply report request reserve reset resolve
    restart restore resume retrieve retry return reverse revert review revoke rotate run save scan
    schedule score search select send set share show sign simulate sort split star start stop store
    stream submit subscribe summarize suspend sync tell terminate test toggle train transcribe
    transfer transform translate trigger try turn undelete undo unlink unlock unpin unsubscribe
    update upgrade upload upsert use validate verify view void wait watch withdraw write
    """.split()  # noqa: SIM905 - a list of words reads better so
)


def tool_description(summary: str, description: str) -> str:
    """Say when to use a tool, then what its operation's description says, cut at a sentence."""
    summary, description = _line(summary), _line(description)
    if ALREADY.match(description):
        lead = description
    else:
        lead = " ".join(filter(None, (_when(summary), _sentence(description))))
    return clamped(lead or "Use this when nothing else fits.", MAX_DESCRIPTION)


def clamped(text: str, limit: int) -> str:
    """Cut a text to `limit` characters, at the end of a sentence if there is one."""
    if len(text) <= limit:
        return text
    ends = [match.end() for match in SENTENCE_END.finditer(text, 0, limit)]
    if ends:
        return text[: ends[-1]]
    return text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def _when(summary: str) -> str:
    if not summary:
        return ""
    first, _, rest = summary.rstrip(".").partition(" ")
    verb = _verb(first.lower())
    if verb is None:
        return f"Use this when you need: {summary.rstrip('.')}."
    return f"Use this when you want to {' '.join(filter(None, (verb, rest)))}."


def _verb(word: str) -> str | None:
    """Return the plain form of a verb that is known: `lists` is `list`."""
    forms = (word, word.removesuffix("s"), word.removesuffix("es"))
    return next((form for form in forms if form in VERBS), None)


def _line(text: str) -> str:
    return " ".join(text.split())


def _sentence(text: str) -> str:
    return text if not text or text[-1] in ".!?)" else f"{text}."
