"""The command line told to people: help pages and usage errors in Chinese, and docs/cli.md.

Imported when the program starts, so nothing heavy is imported here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from bulian.graph.errors import UsageError

__all__ = ["MANUAL_COMMAND", "commands_of", "in_chinese", "manual_page", "usage_error"]

MANUAL_COMMAND: Final = "bulian schema --format commands > docs/cli.md"
"""The command that writes docs/cli.md anew."""

_INTRODUCTION: Final = f"""# 命令

由程序自己的说明生成（`{MANUAL_COMMAND}`）；请不要手改。

- 数据走标准输出，进度和错误走标准错误。
  带 `--json` 时标准输出只有一个 JSON 文档（`extract` 是 JSON 行）；加了 `--output` 就写进文件。
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
    for name, command in commands_of(program):
        parts.append("\n".join(_command_lines(name, command)))
    return "\n".join(parts)


def commands_of(program: Any) -> Iterator[tuple[str, Any]]:
    """Every command with its whole name, those of a group as ``group command``."""
    for name, command in program.commands.items():
        if hasattr(command, "commands"):
            yield from ((f"{name} {inner}", told) for inner, told in commands_of(command))
        else:
            yield name, command


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


_ENGLISH: Final = (
    (r"Usage: ", "用法："), (r"\[OPTIONS\]", "[选项]"), (r"COMMAND \[ARGS\]\.\.\.", "命令 [参数]..."),
    (r"Options:", "选项："), (r"Commands:", "命令："), (r"Arguments:", "参数："),
    (r"Show this message\s+and\s+exit\.", "显示这份说明。"), (r"\[required\]", "[必填]"),
    (r"default:\s+", "缺省："), (r"env\s+var:\s+", "环境变量："),
)  # fmt: skip
"""The parser's own words on help pages, and ours."""


def in_chinese(text: str) -> str:
    """A help page with the parser's own words in Chinese."""
    for pattern, word in _ENGLISH:
        text = re.sub(pattern, word, text)
    return text


def usage_error(error: Any) -> UsageError:
    """The parser's complaint in Chinese: which option or argument, and what it should be."""
    kind, hint = type(error).__name__, "用 bulian --help 或 bulian 命令 --help 查看用法。"
    param = getattr(error, "param", None)
    name = getattr(error, "option_name", "") or _shown(param)
    if kind == "NoSuchOption":
        near = "、".join(sorted(error.possibilities or ()))
        return UsageError("没有这个选项", where=name, hint=f"相近的：{near}。{hint}" if near else hint)
    if kind == "MissingParameter":
        return UsageError(f"缺少{'参数' if name.isupper() else '选项'}", where=name, hint=f"{_about(param)}{hint}")
    if kind == "BadParameter":
        return UsageError("值不对", where=name, hint=f"{_about(param)}{hint}")
    if kind == "BadOptionUsage":
        return UsageError("选项后面缺少值，或给了不该有的值", where=name, hint=hint)
    extra = re.search(r"unexpected extra argument\S* \((.*)\)", error.format_message())
    if extra:
        return UsageError("多出的参数", where=extra[1], hint=f"名称里有空格时请加引号。{hint}")
    return UsageError(f"用法不对：{error.format_message()}", hint=hint)


def _shown(param: Any) -> str:
    if param is None:
        return ""
    return str(param.opts[0] if param.param_type_name == "option" else (param.metavar or param.name).upper())


def _about(param: Any) -> str:
    told = getattr(param, "help", None)
    return f"它是：{told}" if told else ""
