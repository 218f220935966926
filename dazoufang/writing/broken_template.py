"""A template of the office that cannot be used: which, what is wrong with it, and what is not made until it is mended."""

from __future__ import annotations

from dazoufang.system.errors import WRONG_USE, Trouble

OWN_AGAIN = "删去它，就用程序自带的"


class BrokenTemplate(Trouble):
    """The message, in Chinese, says what is wrong, and the mend. file: its name in templates/. left_out: what of the
    outbox is not there meanwhile."""

    exit_code = WRONG_USE

    def __init__(self, said: str, file: str, left_out: str) -> None:
        super().__init__(said)
        self.file, self.left_out = file, left_out

    @property
    def words(self) -> str:
        return f"模板 templates/{self.file} 有误，改好之前不出{self.left_out}（其余都已出好）：{self}"
