"""The answers to a delivered file: the receipt, the returned copy, and what the two are called."""

from dazoufang.replies.names import answer_names, has_copy
from dazoufang.replies.receipt import receipt
from dazoufang.replies.returned_copy import returned_copy

__all__ = ["answer_names", "has_copy", "receipt", "returned_copy"]
