"""Headers of columns about persons: recognised, named in the report, and stored nowhere, rejects file included.

How to reach a *firm* is another matter: it is kept where ``bulian.toml`` says ``keep_contacts = true``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from .headers import fold_header
from .registers import CONTACT_HEADERS

__all__ = ["contact_headers", "is_contact", "is_personal", "personal_headers", "without_mobiles"]

_PERSON: Final = re.compile(
    r"法定代表|(?<!说)法人(?:代表|姓名)?(?:$|[^单企])|负责人|联系人|经办人|手机|移动电话|身份证|护照|姓名|发明\(设计\)人|发明人|设计人(?!员)"
    r"|董事|监事|高管|总经理|股东(?:姓名|名称|信息)?$|实际控制人|受益所有人|出资人|微信|qq|性别|年龄|生日|职务"
    r"|legalperson|legalrep|mobile|contactperson|inventor"
)
_NOT_A_PERSON: Final = re.compile(r"数量|人数|类型|电话区号|规模|状态|个数")
_CONTACT: Final = re.compile(r"电话|邮箱|邮件|网址|官网|传真|地址|e-?mail|phone|website|fax|address")
_MOBILE: Final = r"(^|[^0-9])(\+?86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}($|[^0-9])"


def is_personal(header: str) -> bool:
    """Whether a column of that header is about a person (法定代表人, 手机, 联系人 …)."""
    folded = fold_header(header)
    return bool(_PERSON.search(folded)) and not _NOT_A_PERSON.search(folded)


def is_contact(header: str) -> bool:
    """Whether a column of that header says how to reach the firm (电话, 邮箱, 网址, 地址)."""
    folded = fold_header(header)
    return folded in CONTACT_HEADERS or (bool(_CONTACT.search(folded)) and not is_personal(header))


def personal_headers(headers: Iterable[str]) -> list[str]:
    """Those of the headers that are about persons, each once."""
    return list(dict.fromkeys(header for header in headers if header and is_personal(header)))


def contact_headers(headers: Iterable[str]) -> list[str]:
    """Those of the headers that say how to reach a firm, each once."""
    return list(dict.fromkeys(header for header in headers if header and is_contact(header)))


def without_mobiles(cells: pa.ChunkedArray[Any]) -> pa.ChunkedArray[Any]:
    """Telephone cells with those emptied that hold a mobile number: such a number is a person's."""
    mobile = pc.fill_null(pc.match_substring_regex(cells, _MOBILE), False)
    return pc.if_else(mobile, pa.scalar(None, pa.string()), cells)
