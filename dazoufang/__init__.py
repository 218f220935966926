"""dazoufang 大走访: office workbooks in, three annexes, alerts and answers out."""

__version__ = "0.1.0"
