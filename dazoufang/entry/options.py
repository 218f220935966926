"""Options that several commands have, in one wording."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home", help="放 inbox、outbox、data 的文件夹", show_default="process.py 所在文件夹", readable=False
    ),
]
TodayOption = Annotated[str | None, typer.Option("--today", help="按这一天计算，如 2023-10-20", show_default="今天")]
JsonOption = Annotated[bool, typer.Option("--json", help="只输出一个 JSON")]
YesOption = Annotated[bool, typer.Option("--yes", help="确实要这样做，不再拦下来问")]
QuietOption = Annotated[bool, typer.Option("--quiet", help="不显示过程和结果")]
HomesOption = Annotated[
    str | None, typer.Option("--homes", help="一次做完几个这样的文件夹，写法要加引号，如 'county/*'")
]
IntoOption = Annotated[
    Path | None,
    typer.Option("--into", readable=False, help="做完 --homes 以后，把各处的附件收进上级的这个文件夹，再做它"),
]
