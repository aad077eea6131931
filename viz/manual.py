"""docs/cli.md: every command with its options, as its own help says it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

__all__ = ["MANUAL_COMMAND", "manual_page"]

MANUAL_COMMAND: Final = "bulian schema --format commands > docs/cli.md"
"""The command that writes docs/cli.md anew."""

_INTRODUCTION: Final = f"""# 命令

由程序自己的说明生成（`{MANUAL_COMMAND}`）；请不要手改。

- 数据走标准输出，进度和错误走标准错误。带 `--json` 时标准输出只有一个 JSON 文档（`extract` 是 JSON 行）；加了 `--output` 就写进文件。
- 出错时带 `--json`，标准输出是 `{{"error": {{"code", "message", "where", "hint"}}}}`，标准错误是同一句话。
- 退出码：0 成功，1 出错，2 用法不对，3 没找到（或重名，说不清指哪个），4 有数据被退回（其余已导入），5 存储不可用。
- 存储由 `--store` 或环境变量 `BULIAN_STORE` 指定，缺省是当前文件夹的 `bulian.duckdb`。设了 `NO_COLOR` 就不用颜色。
- 不带命令的 `bulian` 显示帮助，退出码 0。
"""


def manual_page(program: Any) -> str:
    """The manual in Markdown.

    Args:
        program: the parser's command group; its commands stand in declared order.
    """
    parts = [_INTRODUCTION]
    for name, command in program.commands.items():
        parts.append("\n".join(_command_lines(name, command)))
    return "\n".join(parts)


def _command_lines(name: str, command: Any) -> Iterator[str]:
    summary, _, example = (command.help or "").partition("\n\n")
    shown = [param for param in command.params if param.name != "help"]
    arguments = [param for param in shown if param.param_type_name == "argument"]
    options = [param for param in shown if param.param_type_name == "option"]
    words = " ".join(_argument(param) for param in arguments)
    yield f"## {name}"
    yield f"\n{summary.strip()}\n"
    yield f"用法：`bulian {name} [选项]{' ' if words else ''}{words}`\n"
    if example:
        yield f"例：`{example.strip().removeprefix('例：')}`\n"
    yield "| 参数 | 含义 | 缺省 |"
    yield "|---|---|---|"
    for param in (*arguments, *options):
        yield f"| {_names(param)} | {_cell(param.help)} | {_default(param)} |"
    yield ""


def _argument(param: Any) -> str:
    word = str(param.metavar or param.name).upper()
    return f"{word}…" if param.nargs == -1 else word


def _names(param: Any) -> str:
    if param.param_type_name == "argument":
        return f"`{_argument(param)}`"
    names = "、".join(f"`{name}`" for name in param.opts)
    variable = f"（环境变量 `{param.envvar}`）" if param.envvar else ""
    return f"{names}{variable}"


def _cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|")


def _default(param: Any) -> str:
    if param.required:
        return "必填"
    if param.default in (None, "", False, ()) or callable(param.default):
        return ""
    return f"`{param.default}`"
