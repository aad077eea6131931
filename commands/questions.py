"""Questions: check, weak, spof, targets, explain."""

from __future__ import annotations

from typing import Annotated

import typer

from .program import (
    STORE,
    ChainOption,
    JsonOption,
    OutputOption,
    RegionOption,
    SettingsOption,
    StoreOption,
    chain_of,
    command,
    open_store,
    print_json,
    settings_of,
)


@command()
def check(chain: ChainOption = "", store: StoreOption = STORE, as_json: JsonOption = False) -> None:
    """检查一条链的数据：自环、成环、悬空名称、互相矛盾的说法。

    例：bulian check --chain 数控机床
    """
    from bulian.queries.check import check_chain
    from bulian.viz.console import make_console, show_problems

    with open_store(store) as view:
        problems = check_chain(view, chain_of(view, chain))
    if as_json:
        print_json({"problems": problems})
    else:
        show_problems(make_console(), problems)


@command()
def weak(
    region: RegionOption,
    chain: ChainOption = "",
    store: StoreOption = STORE,
    settings: SettingsOption = None,
    everything: Annotated[bool, typer.Option("--all", help="正常、强链和未知的环节也列出。")] = False,
    as_json: JsonOption = False,
    output: OutputOption = None,
) -> None:
    """薄弱环节：每个环节的地区判定与全国判定。

    例：bulian weak --region 温岭市 --chain 数控机床
    """
    from bulian.queries.weak_links import find_weak_links
    from bulian.viz.console import make_console, show_unknown, show_weak

    with open_store(store) as view:
        report = find_weak_links(view, region, chain_of(view, chain), settings_of(view, settings))
    if as_json or output:
        print_json(report, output)
    else:
        console = make_console()
        show_weak(console, report, everything=everything)
        show_unknown(console, report)


@command()
def spof(
    chain: ChainOption = "",
    product: Annotated[str | None, typer.Option("--product", help="只看这个产品。")] = None,
    store: StoreOption = STORE,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
    output: OutputOption = None,
) -> None:
    """单点：每个产品缺一不可的投入，以及缺它会停掉哪些终端产品。

    例：bulian spof --product 数控车床
    """
    from bulian.queries.spof import find_single_points
    from bulian.viz.console import make_console, show_points

    with open_store(store) as view:
        report = find_single_points(view, chain_of(view, chain), product=product, settings=settings_of(view, settings))
    if as_json or output:
        print_json(report, output)
    else:
        show_points(make_console(), report)


@command()
def targets(
    region: RegionOption,
    chain: ChainOption = "",
    product: Annotated[str | None, typer.Option("--product", help="只为这个产品找。")] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="每类最多几个，不小于 1 的整数。")] = 10,
    store: StoreOption = STORE,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
    output: OutputOption = None,
) -> None:
    """补链对象：招引、培育、院所，各有理由、反面和依据。

    例：bulian targets --region 温岭市 --product 电主轴
    """
    from bulian.queries.targets import find_targets
    from bulian.viz.console import make_console, show_targets

    with open_store(store) as view:
        chosen = settings_of(view, settings)
        report = find_targets(view, region, chain_of(view, chain), product=product, top=top, settings=chosen)
    if as_json or output:
        print_json(report, output)
    else:
        show_targets(make_console(), report)


@command()
def explain(
    what: Annotated[list[str], typer.Argument(help="名称、编号或代码；或一条关系：甲 生产 乙。")],
    store: StoreOption = STORE,
    as_json: JsonOption = False,
    output: OutputOption = None,
) -> None:
    """追到底：任何节点或关系的来源、位置和原文。

    例：bulian explain 三和数控 生产 液压动力刀塔
    """
    from bulian.queries.explain import explain as run
    from bulian.viz.console import make_console, show_explanation

    with open_store(store) as view:
        answer = run(view, " ".join(what))
    if as_json or output:
        print_json(answer, output)
    else:
        show_explanation(make_console(), answer)
