"""Questions: check, weak, coverage, spof, scenario, targets, explain."""

from __future__ import annotations

from typing import Annotated

import typer

from .program import (
    STORE,
    AssumeOption,
    ChainOption,
    JsonOption,
    OutputOption,
    RegionOption,
    SettingsOption,
    StoreOption,
    assumptions_of,
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
    assume: AssumeOption = None,
    everything: Annotated[bool, typer.Option("--all", help="正常、强链和未知的环节也列出。")] = False,
    sensitivity: Annotated[
        bool, typer.Option("--sensitivity", help="也说判定有多稳：阈值各变动两成、随机去掉一成的行，哪些会变。")
    ] = False,
    bootstrap: Annotated[
        int, typer.Option("--bootstrap", min=0, help="与 --sensitivity 一起：随机去掉一成的行多少次，0 为不做。")
    ] = 100,
    seed: Annotated[int, typer.Option("--seed", min=0, help="与 --sensitivity 一起：随机数的种子。")] = 1,
    as_json: JsonOption = False,
    output: OutputOption = None,
) -> None:
    """薄弱环节：每个环节的地区判定与全国判定。

    例：bulian weak --region 温岭市 --chain 数控机床
    """
    from bulian.queries.weak_links import find_weak_links
    from bulian.viz.console import make_console, show_unknown, show_weak

    supposed = assumptions_of(assume)
    with open_store(store) as view:
        named, chosen = chain_of(view, chain), settings_of(view, settings)
        report = find_weak_links(view, region, named, chosen, supposed)
        if sensitivity:
            from bulian.queries.sensitivity import find_sensitivity, with_sensitivity

            found = find_sensitivity(view, region, named, chosen, report, bootstrap, seed, supposed)
            report = with_sensitivity(report, found)
    if as_json or output:
        print_json(report, output)
    else:
        console = make_console()
        show_weak(console, report, everything=everything)
        show_unknown(console, report)
        if report.sensitivity is not None:
            from bulian.viz.sensitivity_console import show_sensitivity

            show_sensitivity(console, report.sensitivity)


@command()
def spof(
    chain: ChainOption = "",
    product: Annotated[str | None, typer.Option("--product", help="只看这个产品。")] = None,
    sets: Annotated[
        int | None,
        typer.Option(
            "--sets", min=1, max=3, help="也找最小割集：合起来缺了就停的至多几个产品（终端产品或 --product 的）。"
        ),
    ] = None,
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
        named, chosen = chain_of(view, chain), settings_of(view, settings)
        report = find_single_points(view, named, product=product, sets=sets, settings=chosen)
    if as_json or output:
        print_json(report, output)
    else:
        console = make_console()
        show_points(console, report)
        if sets is not None:
            from bulian.viz.scenario_console import show_cut_sets

            show_cut_sets(console, report, sets)


@command()
def scenario(
    without: Annotated[
        list[str], typer.Option("--without", help="拿走什么：企业、地区、国家、产品，或 境外；可写多次。", metavar="X…")
    ],
    more: Annotated[
        list[str] | None, typer.Argument(metavar="[X…]", show_default=False, help="接在 --without 之后的更多对象。")
    ] = None,
    chain: ChainOption = "",
    region: Annotated[
        str | None, typer.Option("--region", help="只把这个地区的生产企业算作供给，看本地自己会失去什么。")
    ] = None,
    store: StoreOption = STORE,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
    output: OutputOption = None,
) -> None:
    """假设：拿走企业、地区、国家、产品或全部境外供给，哪些终端产品会停，因为什么。

    例：bulian scenario --chain 数控机床 --without 境外
    """
    from bulian.queries.scenario import run_scenario
    from bulian.viz.console import make_console
    from bulian.viz.scenario_console import show_scenario

    with open_store(store) as view:
        named, chosen = chain_of(view, chain), settings_of(view, settings)
        report = run_scenario(view, named, [*without, *(more or ())], region, chosen)
    if as_json or output:
        print_json(report, output)
    else:
        show_scenario(make_console(), report)


@command()
def coverage(
    region: RegionOption,
    chain: ChainOption = "",
    store: StoreOption = STORE,
    settings: SettingsOption = None,
    assume: AssumeOption = None,
    everything: Annotated[bool, typer.Option("--all", help="已查清的环节也列出。")] = False,
    as_json: JsonOption = False,
    output: OutputOption = None,
) -> None:
    """查得够不够：每个环节查过哪些来源，“不存在”有多大把握，下一步查什么，各来源找得全不全。

    例：bulian coverage --region 温岭市 --chain 数控机床
    """
    from bulian.queries.coverage import find_coverage
    from bulian.viz.console import make_console
    from bulian.viz.coverage_console import show_coverage

    supposed = assumptions_of(assume)
    with open_store(store) as view:
        report = find_coverage(view, region, chain_of(view, chain), settings_of(view, settings), supposed)
    if as_json or output:
        print_json(report, output)
    else:
        show_coverage(make_console(), report, everything=everything)


@command()
def targets(
    region: RegionOption,
    chain: ChainOption = "",
    product: Annotated[str | None, typer.Option("--product", help="只为这个产品找。")] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="每类最多几个，不小于 1 的整数。")] = 10,
    store: StoreOption = STORE,
    settings: SettingsOption = None,
    assume: AssumeOption = None,
    as_json: JsonOption = False,
    output: OutputOption = None,
) -> None:
    """补链对象：招引、培育、院所，各有理由、反面和依据。

    例：bulian targets --region 温岭市 --product 电主轴
    """
    from bulian.queries.targets import find_targets
    from bulian.viz.console import make_console, show_targets

    supposed = assumptions_of(assume)
    with open_store(store) as view:
        chosen, named = settings_of(view, settings), chain_of(view, chain)
        report = find_targets(
            view, region, named, product=product, top=top, settings=chosen, assumptions=supposed
        )  # fmt: skip
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
