"""A company export as 企查查 writes it, made up: its thirty columns, the persons in it and its dirt included.

What a business scope is made of decides how long linking takes, so it is stated here. Since 2020 scopes are put together from
the registry's catalogue of standard items; those registered before are free text. Both are made:

- of the firms, 55 % have a scope of standard items, a lead 一般项目 and often a second 许可项目: 4–30 items drawn by Zipf's
  law, three in five from the firm's own trade, out of about 1,500 different ones;
- 45 % have one to four free clauses, each a list of one to nine goods with verbs before or after them, and one to three clauses
  everybody writes (货物进出口、技术进出口). Nearly every free clause is a text of its own, as in a real register; a fifth of the
  goods are of machine building, as in the register of a city that lives on it;
- of the firms, 30 % state main products, one to four each.

:func:`distinct` counts what came out, so that a result can say how often anything repeats.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as pa_csv

from bulian.ingest.linking_split import BRACKETS, CLAUSES
from bulian.ingest.synth_firms import PIECE, Firms, credit_codes, make_firms
from bulian.ingest.synth_places import read_places
from bulian.ingest.synth_rows import Columns, Ints, chances, choose, joined, log_spread, one_of, sometimes

__all__ = ["HEADERS", "distinct", "write_export"]

HEADERS: Final = (
    "企业名称", "登记状态", "法定代表人", "注册资本", "实缴资本", "成立日期", "核准日期", "营业期限", "所属省份", "所属城市",
    "所属区县", "电话", "更多电话", "邮箱", "统一社会信用代码", "纳税人识别号", "注册号", "组织机构代码", "参保人数",
    "企业(机构)类型", "国标行业门类", "国标行业大类", "曾用名", "英文名", "网址", "企业地址", "最新年报地址", "经营范围", "主营产品",
)  # fmt: skip
_TRADES: Final = {
    "机械": "机床功能部件及附件 数控机床 金属切削机床 金属成形机床 机床附件 通用零部件 机械零件、零部件 轴承、齿轮和传动部件 "
    "金属切割及焊接设备 通用设备(不含特种设备) 专用设备(不含许可类专业设备) 机械电气设备 模具 金属工具 气压动力机械及元件 "
    "液压动力机械及元件 工业机器人 工业自动控制系统装置 伺服控制机构 泵及真空设备 阀门和旋塞 气体压缩机械 物料搬运装备 "
    "机械设备 数控刀具 量具 夹具 铸造机械 锻件及粉末冶金制品 黑色金属铸造件 有色金属铸造件 电动机 发电机及发电机组",
    "汽摩": "汽车零部件及配件 汽车零配件 摩托车零配件 摩托车及零部件 汽车轮毂 汽车装饰用品 电车 非公路休闲车及零配件 新能源汽车电附件 "
    "电动自行车 助动车 轮胎 橡胶制品 高品质合成橡胶 紧固件 弹簧",
    "电器": "电子元器件 电力电子元器件 电子专用材料 配电开关控制设备 变压器、整流器和电感器 电线、电缆 照明器具 家用电器 家用电器零配件 "
    "仪器仪表 绘图、计算及测量仪器 集成电路 光电子器件 电池 光伏设备及元器件 半导体器件专用设备 输配电及控制设备 电子产品 通信设备",
    "轻工": "塑料制品 工程塑料及合成树脂 包装材料及制品 纸制品 日用玻璃制品 日用杂品 日用百货 鞋 制鞋原辅材料 箱包 皮革制品 服装 "
    "服装服饰 针纺织品 家具 家具零配件 玩具 工艺美术品及礼仪用品(象牙及其制品除外) 文具用品 体育用品及器材 五金产品 金属制品 "
    "金属链条及其他金属制品 搪瓷制品 建筑用金属配件 门窗 卫生洁具 厨具卫具及日用杂品",
    "建材": "建筑材料 建筑装饰材料 水泥制品 砼结构构件 轻质建筑材料 建筑陶瓷制品 金属结构 金属材料 有色金属合金 钢压延 隔热和隔音材料 涂料"
    "(不含危险化学品) 化工产品(不含许可类化工产品) 专用化学产品(不含危险化学品) 石灰和石膏 非金属矿及制品",
    "农食": "农副产品 食用农产品 新鲜蔬菜 新鲜水果 水产品 水产品冷冻 食品(仅销售预包装食品) 粮食 饲料原料 茶具 花卉 谷物 豆类 薯类 "
    "农业机械 渔具 林业产品 保健食品(预包装)",
}  # fmt: skip
_VERBS: Final = ("销售", "制造", "批发", "零售", "研发", "加工", "租赁", "修理", "生产", "技术研发")
_SERVICES: Final = (
    "货物进出口 技术进出口 技术服务、技术开发、技术咨询、技术交流、技术转让、技术推广 进出口代理 国内贸易代理 信息咨询服务(不含许可类信息咨询服务) "
    "企业管理咨询 企业管理 会议及展览服务 广告制作 广告设计、代理 广告发布 市场营销策划 住房租赁 非居住房地产租赁 物业管理 "
    "普通货物仓储服务(不含危险化学品等需许可审批的项目) 国内货物运输代理 装卸搬运 道路货物运输(不含危险货物) 互联网销售(除销售需要许可的商品) "
    "软件开发 软件销售 信息系统集成服务 计算机系统服务 网络技术服务 数据处理和存储支持服务 工业设计服务 专业设计服务 平面设计 "
    "园林绿化工程施工 土石方工程施工 工程管理服务 对外承包工程 建设工程施工 劳务服务(不含劳务派遣) 家政服务 洗车服务 汽车租赁 机动车修理和维护 "
    "办公服务 礼仪服务 组织文化艺术交流活动 教育咨询服务(不含涉许可审批的教育培训活动) 健康咨询服务(不含诊疗服务) 财务咨询 税务服务 "
    "商务代理代办服务 知识产权服务(专利代理服务除外) 再生资源回收(除生产性废旧金属) 再生资源销售 环保咨询服务 合同能源管理 节能管理服务 "
    "以自有资金从事投资活动 自有资金投资的资产管理服务 股权投资 餐饮管理 停车场服务 安全咨询服务 人力资源服务(不含职业中介活动、劳务派遣服务)"
).split()  # fmt: skip
_LICENSED: Final = (
    "食品销售 餐饮服务 道路货物运输(不含危险货物) 建设工程施工 建筑劳务分包 住宿服务 药品零售 烟草制品零售 劳务派遣服务 "
    "特种设备制造 特种设备安装改造修理 危险化学品经营 电气安装服务 出版物零售 第二类增值电信业务 房地产开发经营"
).split()  # fmt: skip
_CONDITIONS: Final = "(依法须经批准的项目,经相关部门批准后方可开展经营活动)"
_QUALITIES: Final = (
    "数控 精密 小型 大型 全自动 半自动 高速 高精度 五轴 卧式 立式 重型 不锈钢 铝合金 塑料 橡胶 铜 铸铁 陶瓷 尼龙 工业 家用 农用 船用 汽车 摩托车 "
    "电动车 缝纫机 水泵 风机 空压机 制冷 光伏 电力 矿山 建筑 食品 包装 印刷 纺织 制鞋 木工 医疗 环保 智能 微型 防爆 液压 气动 电动 多功能 "
    "新型 特种 高频 无刷 永磁 变频 伺服 直线 滚珠 滚子 静音 耐磨 标准 非标"
).split()  # fmt: skip
_MACHINE_THINGS: Final = (
    "车床 铣床 磨床 钻床 加工中心 机床 机床附件 主轴 电主轴 刀塔 刀库 刀具 卡盘 尾座 丝杠 导轨 轴承 齿轮 减速器 联轴器 电机 液压泵 液压阀 气缸 油缸 "
    "机器人 机械手 编码器 驱动器 传感器 控制器 模具 夹具 量具 铸件 自动化设备"
).split()  # fmt: skip
_OTHER_THINGS: Final = (
    "水泵 阀门 接头 管件 五金件 汽车配件 摩托车配件 鞋帽 鞋材 服装 箱包 玩具 文具 工艺品 日用品 塑料制品 橡胶制品 纸箱 薄膜 涂料 胶粘剂 钢材 铝材 铜材 "
    "建材 卫浴 水龙头 地漏 厨具 眼镜 帽子 头盔 轮毂 刹车片 减震器 消声器 滤清器 坐垫 化油器 法兰 紧固件 螺栓 弹簧 密封件 链条 皮带轮 压铸件 锻件 冲压件 "
    "注塑件 零部件 开关 插座 线束 连接器 电路板 变压器 电缆 灯具 风扇 压缩机 焊机 喷枪 清洗机 割草机 缝纫设备 包装机械 输送机 检测仪器 仪表 衡器 工具 锁具 "
    "门窗 家具 食品 水果 蔬菜 水产品 粮油 饮料 茶叶 饲料 化肥 花卉 苗木 石材 水泥 砂石 木制品 竹制品 窗帘 地板 床上用品 针纺织品 布料 纽扣 拉链 化妆品 "
    "办公用品 电脑 软件 手机 通讯设备 家用电器 健身器材 医疗器械 图书 广告牌"
).split()  # fmt: skip
_COMMON: Final = ("货物进出口、技术进出口", "货物进出口,技术进出口", "货物进出口业务", "道路货物运输", "房屋租赁服务", "企业管理咨询", "投资管理")
_SURNAMES: Final = tuple("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗")
_GIVEN: Final = tuple("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚")
_TYPES: Final = ("有限责任公司(自然人投资或控股)", "有限责任公司(自然人独资)", "个体工商户", "股份有限公司(非上市)", "个人独资企业")
_DOORS: Final = ("工业区", "中路", "大道", "东路", "创业路", "村")
_TOWNS: Final = ("城东街道", "横峰街道", "大溪镇", "泽国镇", "新河镇", "城西街道", "高新区", "经济开发区")
_LEADING: Final = ("生产、销售:", "研发、生产、销售:", "加工、销售:", "从事", "经销:", "")
_TRAILING: Final = ("制造、加工、销售", "制造、销售", "研发、制造、销售", "批发、零售", "销售", "加工", "的研发、生产和销售", "")
_NORMAL_ITEMS: Final = 0.55
_MAIN_PRODUCTS: Final = 0.3


def write_export(path: Path, rows: int, seed: int = 1) -> None:
    """Write an export of that many rows, UTF-8 with BOM; the same for the same seed and number of rows."""
    firms = make_firms(seed, rows, read_places(seed))
    schema = pa.schema([(header, pa.string()) for header in HEADERS])
    with path.open("wb") as out:
        out.write(("\ufeff" + ",".join(HEADERS) + "\n").encode())
        options = pa_csv.WriteOptions(include_header=False, quoting_style="needed")
        with pa_csv.CSVWriter(out, schema, write_options=options) as writer:
            for start in range(0, rows, PIECE):
                numbers = np.arange(start, min(start + PIECE, rows))
                writer.write_table(_piece(firms, numbers, chances(seed, 9, start)))


def _piece(firms: Firms, numbers: Ints, chance: np.random.Generator) -> pa.Table:
    again = chance.random(len(numbers)) < 0.005  # a firm that stands twice, exported on two days
    numbers = np.where(again & (numbers > 0), numbers - 1, numbers)
    columns = {
        **_register(firms, numbers, chance), **_contacts(firms, numbers, chance), "经营范围": _scopes(chance, len(numbers)),
        "主营产品": sometimes(_lists(_goods, "；", chance, chance.integers(1, 5, len(numbers))),
                          chance.random(len(numbers)) < _MAIN_PRODUCTS),
    }  # fmt: skip
    dashed = {"曾用名", "英文名", "网址", "更多电话", "实缴资本", "参保人数"}  # an export writes a dash for nothing
    return pa.table([
        pc.fill_null(columns[name], "-") if name in dashed else columns[name] for name in HEADERS
    ], names=HEADERS)  # fmt: skip


def _register(firms: Firms, numbers: Ints, chance: np.random.Generator) -> Columns:
    count = len(numbers)
    counties, county = firms.places.counties, firms.county[numbers].clip(0)
    places = np.array([place.code for place in counties], dtype="S6")[county]
    codes = credit_codes(places, numbers)
    slip = pc.replace_substring_regex(codes, ".$", "0")  # one in a hundred with a wrong check digit
    codes = pc.if_else(pa.array(chance.random(count) < 0.01), slip, codes)
    capital = joined(log_spread(chance.random(count), 10, 50_000), "万", one_of(("人民币", "元人民币", "美元"), choose(
        (0.7, 0.28, 0.02), chance.random(count))))  # fmt: skip
    days = np.datetime64("1992-01-01") + (chance.random(count) ** 0.5 * 12_000).astype(np.int64).astype("timedelta64[D]")
    founded, approved = (pc.strftime(pa.array(day), format="%Y-%m-%d") for day in (days, days + np.timedelta64(400, "D")))
    return {
        "企业名称": firms.names(numbers),
        "登记状态": one_of(("存续", "在业", "注销", "吊销"), choose((0.8, 0.08, 0.1, 0.02), chance.random(count))),
        "法定代表人": joined(one_of(_SURNAMES, choose([1] * 20, chance.random(count))),
                        one_of(_GIVEN, choose([1] * 20, chance.random(count)))),
        "注册资本": capital, "实缴资本": sometimes(capital, chance.random(count) < 0.4),
        "成立日期": founded, "核准日期": approved, "营业期限": joined(founded, "至无固定期限"),
        "所属省份": one_of([place.province for place in counties], county),
        "所属城市": one_of([place.city or None for place in counties], county),
        "所属区县": one_of([place.county for place in counties], county),
        "统一社会信用代码": codes, "纳税人识别号": codes, "组织机构代码": pc.utf8_slice_codeunits(codes, 8, 17),
        "注册号": joined("33", 1081_0000_0000 + numbers),
        "参保人数": sometimes(joined(log_spread(chance.random(count), 1, 3000)), chance.random(count) < 0.6),
        "企业(机构)类型": one_of(_TYPES, choose((0.4, 0.25, 0.25, 0.05, 0.05), chance.random(count))),
        "国标行业门类": one_of(("制造业", "批发和零售业", "建筑业"), choose((0.4, 0.5, 0.1), chance.random(count))),
        "国标行业大类": one_of(("通用设备制造业", "批发业", "零售业"), choose((0.4, 0.3, 0.3), chance.random(count))),
        "曾用名": sometimes(joined(firms.names(numbers + 0), "(曾)"), chance.random(count) < 0.05),
    }  # fmt: skip


def _contacts(firms: Firms, numbers: Ints, chance: np.random.Generator) -> Columns:
    count = len(numbers)
    counties, county = firms.places.counties, firms.county[numbers].clip(0)
    where = one_of([f"{place.province}{place.city}{place.county}" for place in counties], county)
    street = one_of(_TOWNS, choose([1] * len(_TOWNS), chance.random(count)))
    door = one_of(_DOORS, choose([1] * len(_DOORS), chance.random(count)))
    address = joined(where, street, door, chance.integers(1, 2000, count), "号")
    return {
        "电话": joined("1", chance.integers(3_000_000_000, 9_999_999_999, count)),
        "更多电话": sometimes(joined("0576-", chance.integers(80_000_000, 89_999_999, count)), chance.random(count) < 0.5),
        "邮箱": joined(numbers, "@example.com"),
        "英文名": sometimes(joined("Synthetic ", numbers, " Machinery Co., Ltd."), chance.random(count) < 0.1),
        "网址": sometimes(joined("www.firm", numbers, ".example.com"), chance.random(count) < 0.15),
        "企业地址": address, "最新年报地址": address,
    }  # fmt: skip


def _lists(make: Any, between: str, chance: np.random.Generator, sizes: Ints) -> Any:
    """So many texts of ``make`` in each cell, with something between them."""
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    return pc.binary_join(pa.ListArray.from_arrays(pa.array(offsets), make(chance, int(offsets[-1]))), between)


def _catalogue() -> list[list[str]]:
    """The standard items of every trade, the commonest first, and of what all firms write."""
    trades = [[good + verb for verb in _VERBS for good in goods.split()] for goods in _TRADES.values()]
    return [*trades, [*_SERVICES]]


def _scopes(chance: np.random.Generator, count: int) -> Any:
    scopes = pc.if_else(pa.array(chance.random(count) < _NORMAL_ITEMS), _of_items(chance, count), _free(chance, count))
    wide = scopes
    for narrow, full in zip(";:(),", "；：（），", strict=True):
        wide = pc.replace_substring(wide, narrow, full)
    return pc.if_else(pa.array(chance.random(count) < 0.8), wide, scopes)  # most registries write full-width signs


def _of_items(chance: np.random.Generator, count: int) -> Any:
    """Scopes of standard items: the firm's trade and the services, each by Zipf's law."""
    parts = _catalogue()
    weights = [1 / np.arange(1, len(part) + 1) for part in parts]
    words = [word for part in parts for word in part]
    starts = np.cumsum([0, *map(len, parts)])
    trade = choose((0.22, 0.12, 0.16, 0.22, 0.14, 0.14), chance.random(count))
    sizes = np.minimum(4 + (chance.exponential(8, count)).astype(np.int64), 30)
    own = np.repeat(trade, sizes)
    own = np.where(chance.random(len(own)) < 0.6, own, np.where(chance.random(len(own)) < 0.5, len(parts) - 1,
                   choose([1] * (len(parts) - 1), chance.random(len(own)))))  # fmt: skip
    drawn = np.zeros(len(own), np.int64)
    for at, weight in enumerate(weights):
        here = own == at
        drawn[here] = starts[at] + choose(weight, chance.random(int(here.sum())))
    items = _lists(lambda _, total: one_of(words, drawn), ";", chance, sizes)
    licensed = one_of(_LICENSED, choose([1] * len(_LICENSED), chance.random(count)))
    also = joined("许可项目:", licensed, _CONDITIONS, "。")
    shown = pc.if_else(pa.array(chance.random(count) < 0.3), also, "")
    return joined("一般项目:", items, "(除依法须经批准的项目外,凭营业执照依法自主开展经营活动)。", shown)


def _goods(chance: np.random.Generator, count: int) -> Any:
    def quality(share: float) -> Any:
        drawn = one_of(_QUALITIES, choose(1 / np.arange(4, 4 + len(_QUALITIES)), chance.random(count)))
        return pc.if_else(pa.array(chance.random(count) < share), drawn, "")

    machine, other = (
        one_of(things, choose(1 / np.arange(8, 8 + len(things)), chance.random(count)))
        for things in (_MACHINE_THINGS, _OTHER_THINGS)
    )
    return joined(quality(0.25), quality(0.6), pc.if_else(pa.array(_in_runs(chance, count)), machine, other))


def _in_runs(chance: np.random.Generator, count: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which goods are of machine building: runs of some eight, as one firm lists its own; every fifth run is of them."""
    runs = chance.random(count // 8 + 1) < 0.2
    mixed: np.ndarray[Any, np.dtype[np.bool_]] = np.repeat(runs, 8)[:count] ^ (chance.random(count) < 0.03)
    return mixed


def _clauses(chance: np.random.Generator, count: int) -> Any:
    goods = _lists(_goods, "、", chance, np.minimum(1 + chance.exponential(3, count).astype(np.int64), 9))
    before = chance.random(count) < 0.4
    leading, trailing = (one_of(words, choose([1] * len(words), chance.random(count))) for words in (_LEADING, _TRAILING))
    return pc.if_else(pa.array(before), joined(leading, goods), joined(goods, trailing))


def _free(chance: np.random.Generator, count: int) -> Any:
    """Scopes as firms wrote them before there was a catalogue."""
    own = _lists(_clauses, ";", chance, chance.integers(1, 5, count))
    common: Sequence[str] = _COMMON
    usual = _lists(lambda draw, total: one_of(common, choose([1] * len(common), draw.random(total))), ";", chance,
                   chance.integers(1, 4, count))  # fmt: skip
    return joined(own, ";", usual, "。", _CONDITIONS)


def distinct(path: Path) -> dict[str, float]:
    """What the scopes of an export are: characters and clauses of each, and how many clauses differ."""
    cut = f"string_split_regex(regexp_replace(\"经营范围\", '{BRACKETS}', '', 'g'), '{CLAUSES}')"
    rows = duckdb.sql(
        f"WITH s AS (SELECT \"经营范围\" AS scope, {cut} AS clauses FROM read_csv('{path}', all_varchar = true)) SELECT"
        " round(avg(length(scope)), 1), round(avg(len(clauses)), 1), (SELECT count(DISTINCT c) FROM (SELECT"
        " unnest(clauses) AS c FROM s)) FROM s"
    ).fetchall()
    return dict(zip(("characters a scope", "clauses a scope", "distinct clauses"), rows[0], strict=True))


if __name__ == "__main__":
    write_export(Path(sys.argv[1]), int(sys.argv[2]))
    print(distinct(Path(sys.argv[1])))
