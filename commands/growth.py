"""What a region could grow into: extend."""

from __future__ import annotations

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
def extend(
    region: RegionOption,
    chain: ChainOption = "",
    store: StoreOption = STORE,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
    output: OutputOption = None,
) -> None:
    """延链：本地投入已大半具备的下游产品；每个环节的区位商、关联密度、配套与客户。

    例：bulian extend --region 温岭市 --chain 数控机床
    """
    from bulian.queries.diversification import find_diversification
    from bulian.viz.console import make_console
    from bulian.viz.extension_console import show_extensions

    with open_store(store) as view:
        report = find_diversification(view, region, chain_of(view, chain), settings_of(view, settings))
    if as_json or output:
        print_json(report, output)
    else:
        show_extensions(make_console(), report)
