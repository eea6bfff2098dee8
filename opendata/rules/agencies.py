"""Which agencies somebody means: by name as people say it, and with those below it.

The tree itself, and names as the platform writes them, stand in ``people``.
"""

from __future__ import annotations

from opendata.rules.people import Agency, Directory, name_key


def within(directory: Directory, code: str) -> frozenset[str]:
    """Codes of an agency and of all below it."""
    return frozenset(
        one.code
        for one in directory.agencies
        if any(above.code == code for above in directory.ancestors(one.code))
    )


def called(directory: Directory, text: str) -> Agency | None:
    """The agency that a person calls so: by code, name or former name, or by the end of its name.

    廉政署 is 法務部廉政署; what several names end with is nobody.
    """
    exact = directory.agency(text) or directory.resolve(text)
    if exact is not None or not text:
        return exact
    wanted = name_key(text)
    found = [one for one in directory.agencies if name_key(one.name).endswith(wanted)]
    return found[0] if len(found) == 1 else None
