"""Errors of a Neo4j server and its driver, told as ours: what, where, what to do. All of them leave the store whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from neo4j.exceptions import (
    DriverError,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
)

from .errors import BulianError, StoreError, StoreUnavailable

__all__ = ["is_memory", "no_answer", "translated"]

_AGAIN = "再运行一次同一条命令即可补齐；已提交的内容未受影响。"
_READ_ONLY: Final = ("store_read_only", "服务器是只读的，写不进去", "请换一个可写的服务器，或请管理员放开写入。")
_NOT_LET_IN: Final = ("store_auth", "用户名或密码不对", "请核对 BULIAN_NEO4J_USER 与 BULIAN_NEO4J_PASSWORD。")
_NO_DATABASE: Final = ("no_database", "服务器上没有这个数据库", "请核对地址里或 BULIAN_NEO4J_DATABASE 里的数据库名。")
_SMALL: Final = ("store_memory", "服务器的事务内存不够", f"请调大 db.memory.transaction.max 或堆内存。{_AGAIN}")
_LOCKED_OUT: Final = ("store_auth", "密码错的次数太多，服务器暂不让登录", "请等几秒，核对用户名和密码后再试。")
_FIRST_PASSWORD: Final = ("store_auth", "密码是初始密码，须先改", "请用 Neo4j 自带的工具改密码后再试。")
_NOT_STARTED: Final = ("store_unavailable", "数据库没有启动", "请等它启动，或请管理员检查服务器。")
_NO_RIGHT: Final = ("store_read_only", "这个用户没有权限", "请换一个有读写权限的用户。")
_FOLLOWER: Final = ("store_read_only", "这台服务器不是集群的主节点", "请用 neo4j:// 开头的地址，让驱动找到主节点。")
_TAKEN: Final = ("store_conflict", "服务器里已有同样标识的节点", f"请确认没有别的程序在写。{_AGAIN}")
_BUSY: Final = ("store_busy", "服务器暂时处理不了", _AGAIN)
_BROKEN: Final = ("store_error", "服务器内部出错", f"请查看服务器的日志。{_AGAIN}")
_BY_CODE: Final = (
    ("AuthenticationRateLimit", _LOCKED_OUT),
    ("Security.Unauthorized", _NOT_LET_IN),
    ("Security.CredentialsExpired", _FIRST_PASSWORD),
    ("DatabaseNotFound", _NO_DATABASE),
    ("DatabaseUnavailable", _NOT_STARTED),
    ("ReadOnlyDatabase", _READ_ONLY),
    ("WriteOnReadOnlyAccess", _READ_ONLY),
    ("Security.Forbidden", _NO_RIGHT),
    ("NotALeader", _FOLLOWER),
    ("OutOfMemory", _SMALL),
    ("Schema.ConstraintValidationFailed", _TAKEN),
    ("TransientError", _BUSY),
    ("DatabaseError", _BROKEN),
)
"""Part of a server's status code, and our code, sentence and hint for it; the first that fits counts."""


def no_answer(where: str, seconds: float) -> StoreUnavailable:
    """The error for a server that keeps the connection open and says nothing."""
    hint = f"请检查服务器是否卡住；等待时间可用 BULIAN_NEO4J_TIMEOUT（秒）调整。{_AGAIN}"
    return StoreUnavailable(f"服务器 {seconds:g} 秒没有回应", where=where, hint=hint, code="store_timeout")


def is_memory(error: BaseException) -> bool:
    """Whether a transaction was too large for the server's memory: a smaller one may fit."""
    return isinstance(error, Neo4jError) and "OutOfMemory" in (error.code or "")


@contextmanager
def translated(where: str, patience: float) -> Iterator[None]:
    """The driver's and the server's errors as ours; ours pass through.

    Args:
        where: the address.
        patience: how many seconds an answer is waited for.
    """
    try:
        yield
    except BulianError:
        raise
    except Neo4jError as error:
        raise _server_error(error, where) from error
    except (ServiceUnavailable, SessionExpired, DriverError, OSError) as error:
        if _timed_out(error):  # the driver lost patience before we did
            raise no_answer(where, patience) from error
        hint = f"请检查服务器是否启动、地址和端口是否正确。{_AGAIN}（{_short(error)}）"
        raise StoreUnavailable("连不上 Neo4j 服务器", where=where, hint=hint, code="store_unreachable") from error


def _timed_out(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, TimeoutError):
        error = error.__cause__ or error.__context__
    return error is not None


def _server_error(error: Neo4jError, where: str) -> BulianError:
    code = error.code or ""
    for part, (ours, sentence, hint) in _BY_CODE:
        if part in code:
            return StoreUnavailable(sentence, where=where, hint=f"{hint}（{_short(error)}）", code=ours)
    return StoreError("服务器不接受这条请求", where=where, hint=_short(error))


def _short(error: BaseException) -> str:
    text = error.message if isinstance(error, Neo4jError) else None
    return (str(text or error).strip().splitlines() or [type(error).__name__])[0][:300]
