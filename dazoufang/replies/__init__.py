"""The answers to a delivered file: the receipt, the returned copy, and what the two are called."""

from .names import answer_names, has_copy
from .receipt import receipt
from .returned_copy import returned_copy

__all__ = ["answer_names", "has_copy", "receipt", "returned_copy"]
