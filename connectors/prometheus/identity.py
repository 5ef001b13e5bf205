"""How Alertmanager names an alert, for alerts that only Prometheus has. Pure.

Prometheus lists its alerts without its `external_labels` and without a fingerprint; Alertmanager
knows them only with both. Joined here, what is pending there becomes firing here as one alert.
"""

from collections.abc import Mapping
from typing import Final

# FNV-1a, 64 bit.
_OFFSET: Final = 0xCBF29CE484222325
_PRIME: Final = 0x100000001B3
_MASK: Final = (1 << 64) - 1


def fingerprint(labels: Mapping[str, str]) -> str:
    """Name a set of labels as Alertmanager does.

    Source: the Go module prometheus/common, package model, `LabelSet.Fingerprint`.
    """
    hashed = _OFFSET
    for name in sorted(labels, key=str.encode):
        for octet in b"%b\xff%b\xff" % (name.encode(), labels[name].encode()):
            hashed = ((hashed ^ octet) * _PRIME) & _MASK
    return f"{hashed:016x}"


def told(labels: Mapping[str, str], external: Mapping[str, str]) -> dict[str, str]:
    """Join the labels of an alert with the server's own, as they go to Alertmanager.

    Shape: a label of the alert wins; a label without a value is none.
    """
    both = {**external, **labels}
    return {name: value for name, value in both.items() if value}
