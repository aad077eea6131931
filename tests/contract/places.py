"""Places of every sort as rows of a table name them, and where they lie seen from 温岭市."""

from __future__ import annotations

from dataclasses import dataclass

HOME = "331081"
AROUND = {"331081", "331000", "330000", "CN"}  # 温岭市, 台州市, 浙江省, 中国


@dataclass(frozen=True)
class Place:
    """Region cells of a row, what they mean, and where that lies seen from 温岭市."""

    cells: tuple[str, str, str, str, str]  # 国家或地区, 省份, 城市, 区县, 镇街
    code: str
    province: str | None

    @property
    def scope(self) -> str:
        if self.code == HOME or self.code.startswith(f"{HOME}-"):
            return "local"
        return "domestic" if self.province or self.code == "CN" else "foreign"

    @property
    def vague(self) -> bool:
        return self.code in AROUND - {HOME}


PLACES = (
    Place(("", "浙江省", "台州市", "温岭市", ""), "331081", "330000"),
    Place(("", "浙江省", "台州市", "温岭市", "泽国镇"), "331081-泽国镇", "330000"),
    Place(("", "浙江省", "台州市", "", ""), "331000", "330000"),
    Place(("", "浙江省", "", "", ""), "330000", "330000"),
    Place(("", "", "", "", ""), "CN", None),
    Place(("", "浙江省", "台州市", "玉环市", ""), "331083", "330000"),
    Place(("", "江苏省", "苏州市", "昆山市", ""), "320583", "320000"),
    Place(("德国", "", "", "", ""), "DE", None),
    Place(("中国台湾", "", "", "", ""), "TW", None),
)
