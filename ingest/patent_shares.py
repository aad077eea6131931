"""How a technology is spread over countries, counted in a patent export whose query the user declares.

An export answers one query. Shares of countries are computed only where the user says that the query was worldwide and
which classes it covers whole (``patent_scope`` and ``patent_field`` in ``bulian.toml``); anything else is a sample, of
which nothing is concluded. Families are counted where the export names them, else applications; each once, for the
country of the applicant named first. RTA is Balassa's quotient over patents within the field (Soete 1987, Research
Policy 16:101).
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import duckdb
import pyarrow as pa

from bulian.graph.errors import NotFoundError
from bulian.graph.modality import CONFIRMED
from bulian.graph.names import normal_form
from bulian.graph.regions import ROOT, Regions
from bulian.graph.store import GraphView

from .cleaning import Cleaned
from .mapping_config import EVERY_FIELD, FileMapping
from .patents import completed

__all__ = ["SAMPLE_ONLY", "ipc_codes", "patent_shares"]

SAMPLE_ONLY: Final = (
    "一次检索的专利只是样本：没有声明 patent_scope（世界）和 patent_field，只记谁在研究，"
    "不算首位国家专利份额与技术显示优势"
)
_IPC: Final = re.compile(r"IPC[:：\s]*([A-H]\d{2}(?:[A-Z](?:\s*\d{1,4}(?:/\d{2,6})?)?)?)\Z", re.I)
_KEY: Final = "IPC:"
_YEARS: Final = 10
_LEAST: Final = 30  # families before a share says anything
_EXPECTED: Final = 5  # Chinese families that would be there at RTA 1
_UNPLACED: Final = 0.1  # from this part without a country on nothing is said
_CONFIDENCE: Final = 0.7  # a class of patents is not the product: the weak step
_COLUMNS: Final = pa.schema([
    ("product", pa.string()), ("product_key", pa.string()), ("predicate", pa.string()), ("value", pa.string()),
    ("number", pa.float64()), ("claim_year", pa.int32()), ("claim_quote", pa.string()), ("claim_method", pa.string()),
    ("claim_confidence", pa.float64()), ("row", pa.int32()),
])  # fmt: skip
_TEXTS: Final = (
    "main_class", "classes", "application", "publication", "family", "applied_on", "applicant_country",
    "applicant_province",
)  # fmt: skip
_FAMILIES: Final = r"""
CREATE TEMP TABLE family AS
WITH said AS (
  SELECT "row", upper(concat_ws('|', main_class, classes)) AS said, coalesce(application, publication) AS own,
         list_append(regexp_split_to_array(upper(family), '[|;；,，\s]+'), upper(coalesce(publication, application)))
           AS members, coalesce(CAST(applied_on[:4] AS INTEGER), applied_in) AS year,
         nullif(trim(regexp_split_to_array(coalesce(applicant_country, applicant_province), '[|;；\n]')[1]), '') AS place,
         family IS NOT NULL AS known
  FROM rows
), keyed AS (
  SELECT *, coalesce(CASE WHEN known THEN list_min(list_filter(members, lambda x: x <> '')) END, own,
                     CAST("row" AS VARCHAR)) AS key,
         list_transform(regexp_extract_all(said, '[A-H][0-9]{2}[A-Z](?:\s*[0-9]{1,4}/[0-9]{2,6})?'),
           lambda x: regexp_replace(x, '\s', '', 'g')) AS classes
  FROM said
)
SELECT row_number() OVER (ORDER BY key) AS family, min(year) AS year, arg_min(place, "row") AS place,
       list_distinct(flatten(list(classes))) AS classes, CAST(min("row") AS INTEGER) AS "row"
FROM keyed GROUP BY key HAVING min(year) IS NOT NULL
"""
# ``meant`` tells which products and whether the field a class belongs to; a null product stands for the field.
_COUNTED: Final = """
WITH held AS (
  SELECT DISTINCT f.family, f.year, f.place, f."row", m.product
  FROM (SELECT family, year, place, "row", unnest(classes) AS class FROM family) f JOIN meant m USING (class)
), recent AS (
  SELECT h.* FROM held h SEMI JOIN (SELECT family FROM held WHERE product IS NULL) USING (family)
  WHERE year > (SELECT max(year) FROM held WHERE product IS NULL) - $years
)
SELECT product, p.country, count(*) AS families, max(year) AS newest, min(r."row") AS "row"
FROM recent r LEFT JOIN placed p ON p.place = r.place GROUP BY ALL ORDER BY ALL
"""


def ipc_codes(view: GraphView) -> dict[str, list[str]]:
    """Every IPC class a product states (``IPC:B23Q1/70``) or needs as a technology (``IPC B23Q``), and the products."""
    found: dict[str, set[str]] = defaultdict(set)
    for node in view.nodes("Product"):
        for code in node.properties.get("codes", ()):
            if ipc := _class_of(code):
                found[_KEY + ipc].add(node.name)
    technologies = {node.id: ipc for node in view.nodes("Technology") if (ipc := _class_of(node.name))}
    needs = [e for e in view.edges("NEEDS_TECHNOLOGY", targets=sorted(technologies)) if e.modality in CONFIRMED]
    names = {node.id: node.name for node in view.nodes(ids=sorted({edge.source for edge in needs}))}
    for edge in needs:
        found[_KEY + technologies[edge.target]].add(names[edge.source])
    return {code: sorted(names) for code, names in sorted(found.items())}


def _class_of(text: str) -> str | None:
    match = _IPC.match(unicodedata.normalize("NFKC", text).strip())
    return re.sub(r"\s", "", match[1]).upper() if match else None


def patent_shares(cleaned: Cleaned, said: FileMapping, codes: Mapping[str, Sequence[str]], regions: Regions) -> pa.Table:
    """What a declared export says of each product: 首位国家专利份额 and 技术显示优势, a row per figure.

    The last ten years of application count. A share needs 30 families, RTA an expected Chinese count of five and a
    class that is at most half of the field; where a tenth of the families or more have no country, nothing is said.

    Args:
        cleaned: the rows of the table; its notes are completed.
        said: the declared query.
        codes: :func:`ipc_codes`, among others.
        regions: to read countries.
    """
    field = [] if said.patent_field == EVERY_FIELD else _listed(said.patent_field or "")
    own = _classes_by_product(cleaned, codes, field)
    counted = _counted(cleaned.rows, own, field, regions)
    made: list[dict[str, Any]] = []
    for product, classes in sorted(own.items()):
        made += _figures(cleaned, product, f"IPC {'、'.join(classes)}", counted, said)
    return pa.Table.from_pylist(made, schema=_COLUMNS)


def _classes_by_product(
    cleaned: Cleaned, codes: Mapping[str, Sequence[str]], field: Sequence[str]
) -> dict[str, list[str]]:
    own: dict[str, list[str]] = defaultdict(list)
    for code in sorted(code for code in codes if code.startswith(_KEY)):
        for product in codes[code]:
            own[product].append(code.removeprefix(_KEY))
    for product, classes in list(own.items()):
        outside = [code for code in classes if field and not _any(code, field)]
        if outside:
            cleaned.notes.append(f"“{product}”的 {'、'.join(outside)} 不在声明的 patent_field 之内，没有计算")
            del own[product]
    return own


def _listed(text: str) -> list[str]:
    return [re.sub(r"^IPC[:：\s]*|\s", "", part.strip().upper()) for part in re.split("[;；、,，]", text) if part.strip()]


def _any(one: str, wanted: Iterable[str]) -> bool:
    return any(_inside(one, code) for code in wanted)


def _inside(one: str, code: str) -> bool:
    """Whether a class is another or inside it; B23Q1 and B23Q1/00 are the whole main group, B23Q1/70 only itself."""
    if len(code) <= 4:
        return one.startswith(code)
    group, _, rest = code.partition("/")
    return one.partition("/")[0] == group if not rest.strip("0") else one == code


_Counts = dict[str | None, dict[str | None, tuple[int, int, int]]]


def _counted(rows: pa.Table, own: Mapping[str, Sequence[str]], field: Sequence[str], regions: Regions) -> _Counts:
    """Families by product (None: the whole field) and country (None: not known), with newest year and first row."""
    rows = completed(rows, _TEXTS)
    with duckdb.connect() as engine:
        engine.register("rows", rows)
        engine.execute(_FAMILIES)
        classes = [row[0] for row in engine.execute("SELECT DISTINCT unnest(classes) FROM family ORDER BY 1").fetchall()]
        meant: list[tuple[str, str | None]] = [(one, None) for one in classes if not field or _any(one, field)]
        meant += [(one, product) for product, wanted in own.items() for one in classes if _any(one, wanted)]
        engine.register("meant", _pairs(("class", "product"), meant))
        texts = engine.execute("SELECT DISTINCT place FROM family WHERE place IS NOT NULL ORDER BY 1").fetchall()
        engine.register("placed", _pairs(("place", "country"), [(text, _country(text, regions)) for (text,) in texts]))
        found: _Counts = defaultdict(dict)
        for product, country, count, newest, row in engine.execute(_COUNTED, {"years": _YEARS}).fetchall():
            found[product][country] = count, newest, row
    return found


def _pairs(names: tuple[str, str], rows: Sequence[tuple[str, str | None]]) -> pa.Table:
    return pa.table({name: pa.array([row[at] for row in rows], pa.string()) for at, name in enumerate(names)})


def _country(text: str, regions: Regions) -> str | None:
    """The code of a country or of a place in one; the mainland is one country. None for what is no place."""
    try:
        code = regions.resolve(text).code
    except NotFoundError:
        return None
    return ROOT if ROOT in regions.ancestors(code) else code


def _figures(
    cleaned: Cleaned, product: str, told: str, counted: _Counts, said: FileMapping
) -> list[dict[str, Any]]:  # fmt: skip
    here = {country: count for country, (count, _, _) in counted.get(product, {}).items()}
    field = {country: count for country, (count, _, _) in counted.get(None, {}).items() if country}
    unplaced = here.pop(None, 0)
    total, whole = sum(here.values()), sum(field.values())
    if total < _LEAST or unplaced >= _UNPLACED * (total + unplaced):
        why = f"只有 {total + unplaced} 件" if total + unplaced < _LEAST else f"{unplaced} 件不知国家"
        cleaned.notes.append(f"“{product}”（{told}）{why}，不算国家份额")
        return []
    newest = max(year for _, year, _ in counted[None].values())
    top, count = min(here.items(), key=lambda pair: (-pair[1], pair[0] or ""))
    chinese, chinese_field = here.get(ROOT, 0), field.get(ROOT, 0)
    unit = "族" if "family" in cleaned.rows.column_names else "件申请（未并同族）"
    quote = (
        f"{newest - _YEARS + 1}–{newest} 年申请，{told}：共 {total} {unit}，最多为 {top} {count}，中国 {chinese}；"
        f"声明的检索：{said.patent_scope}，{said.patent_field}，共 {whole}，中国 {chinese_field}"
    )
    figures = {"top_country_patent_share": count / total}
    if chinese_field * total >= _EXPECTED * whole and 2 * total <= whole:
        figures["technology_advantage"] = chinese * whole / (chinese_field * total)
    else:
        cleaned.notes.append(f"“{product}”（{told}）占声明的领域过半，或中国的专利太少，不算技术显示优势")
    row = {
        "product": product, "product_key": normal_form(product), "claim_year": newest, "claim_quote": quote,
        "claim_method": f"patents:{told}", "claim_confidence": _CONFIDENCE,
        "row": min(first for _, _, first in counted[product].values()),
    }  # fmt: skip
    return [
        {**row, "predicate": name, "value": f"{number:.4g}", "number": float(f"{number:.4g}")}
        for name, number in figures.items()
    ]
