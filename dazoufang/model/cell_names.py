"""Cell names as Excel writes them (D5, B2:C9): to numbers and back."""

from __future__ import annotations

Area = tuple[int, int, int, int]


def address(row: int, column: int) -> str:
    """0-based row and column as Excel names the cell: (4, 3) → 'D5'."""
    return f"{column_letters(column)}{row + 1}"


def column_letters(column: int) -> str:
    """0 → 'A', 16383 → 'XFD'."""
    letters, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(65 + digit) + letters
    return letters


def column_number(letters: str) -> int:
    """'A' → 0, 'XFD' → 16383; letters of any case."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def area(ref: str) -> Area | None:
    """'B2:D4' → (1, 1, 3, 3); None where it is no reference to an area of several cells."""
    first, _, last = ref.replace("$", "").partition(":")
    corners = []
    for corner in (first, last):
        letters = corner.rstrip("0123456789")
        digits = corner[len(letters) :]
        if not (letters.isalpha() and letters.isascii() and digits):
            return None
        corners.append((int(digits) - 1, column_number(letters)))
    (top, left), (bottom, right) = corners
    return (top, left, bottom, right) if (top, left) != (bottom, right) else None
