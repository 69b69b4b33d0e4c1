"""A share of what is recommended is left undone by lot: without it nobody can say what it did."""

import hashlib
from collections.abc import Mapping


def withheld(bundles: Mapping[str, int], share: float, seed: int, key: str) -> frozenset[str]:
    """The recommended items that stay where they are, so that the others can be compared.

    Each bundle draws its own lot from its items, so a bundle keeps its lot when others are
    declined, and asking again for another plan is no second draw.

    Parameters
    ----------
    bundles
        Item to the bundle it belongs to: what moves together is withheld together.
    share
        Probability with which each bundle is withheld, in [0, 1].
    seed, key
        Of the draw; with another key, such as that of the next quarter, it is made anew.
    """
    members: dict[int, list[str]] = {}
    for item, bundle in bundles.items():
        members.setdefault(bundle, []).append(item)
    return frozenset(
        item
        for items in members.values()
        if _lot(f"{seed}/{key}/{min(items)}") < share
        for item in items
    )


def _lot(text: str) -> float:
    """A number that is uniform on [0, 1) over texts, and the same for the same one."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) / 2**64
