"""Mail addresses: which can be written to, and how they travel."""

from __future__ import annotations

import re
from typing import Final

_LOCAL: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_LABEL: Final = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_DOMAIN: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Za-z:.]+\]")


def as_sent(address: str) -> str:
    """The address as ASCII, a Chinese domain in its xn-- spelling; "" when no letter can be sent to what stands there.

    A Chinese name before the @ would need SMTPUTF8, which neither QQ Mail nor 163 offers.
    """
    local, at, domain = address.strip().rpartition("@")
    ascii_domain = domain_as_sent(domain)
    return f"{local}@{ascii_domain}" if at and _LOCAL.fullmatch(local) and ascii_domain else ""


def domain_as_sent(domain: str) -> str:
    """A domain, or an address of a machine in brackets, as ASCII; "" when it is neither."""
    try:
        plain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    return plain if len(plain) <= 253 and _DOMAIN.fullmatch(plain) else ""
