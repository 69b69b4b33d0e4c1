"""Words that people use on sheets of targets, and what the contract calls them."""

import re
import unicodedata
from collections.abc import Mapping as Pairs

_UNIT_KINDS = {
    "rep": "rep|reps|sales rep|salesperson|sales person|owner|name|seller|ae|account executive|"
    "employee|agent|销售|销售员|销售人员|销售代表|负责人|姓名|员工|业务员|客户经理|人员|个人",
    "team": "team|teams|sales team|group|department|manager|团队|部门|小组|销售团队|事业部|主管",
    "region": "region|regions|territory|office|area|区域|地区|大区|省区|办事处",
    "company": "company|total company|organisation|organization|公司|全公司|整体",
}
_KPIS = {
    "revenue": "revenue|sales|amount|bookings|booking|acv|tcv|arr|turnover|销售额|业绩|收入|金额|"
    "签约额|签约金额|合同额|合同金额|销售金额|回款|回款额|成交金额|业绩额|销售",
    "deals": "deals|deal count|wins|orders|number of deals|单数|成交数|订单数|签约数|赢单数|成单数",
    "new_accounts": "new accounts|new customers|new logos|logos|新客户|新客户数|新增客户|"
    "新增客户数",
    "conversion": "conversion|conversion rate|win rate|close rate|转化率|赢单率|成交率|商机转化率",
    "retention": "retention|retention rate|renewal rate|customer retention|留存率|客户留存率|"
    "续约率|复购率|保有率",
    "pipeline": "pipeline|pipeline created|new pipeline|pipeline generated|新增商机金额|新增商机额|"
    "商机金额|新增管道",
    "activities": "activities|activity count|number of activities|calls|meetings|visits|touches|"
    "跟进次数|活动数|活动量|拜访量|拜访次数|跟进量|通话量",
    "satisfaction": "satisfaction|customer satisfaction|csat|csat score|满意度|客户满意度|"
    "客户评分|满意度评分",
}
_PERIODS = {
    "year": "year|yearly|annual|annually|年|年度",
    "quarter": "quarter|quarterly|季|季度",
    "month": "month|monthly|月|月度",
    "week": "week|weekly|周",
}
_TIERS = {
    "base": "base|baseline|minimum|target|保底|基础|基准|底线|达标",
    "stretch": "stretch|冲刺",
    "challenge": "challenge|挑战",
}
_HEADERS = {
    "kpi": "kpi|measure|metric|kpi name|指标|指标名称|考核指标|目标类型|类型",
    "tier": "tier|target level|档位|目标档位",
    "currency": "currency|币种|货币",
    "year": "year|fiscal year|fy|年|年份|年度|财年",
}
_TARGET = re.compile(r"\b(quotas?|targets?|goals?|plan(ned)?|budget)\b|目标值?|指标|任务|计划|预算")
_COUNT = re.compile(
    r"^(deals|new_accounts|activities|conversion|retention|satisfaction)$|[数量率分]$|满意度|\b(count|number|rate|score)\b"
)
_BRACKETS = re.compile(r"[(\[【][^()\[\]]*[)\]】]")


def term(text: str, column: str) -> str:
    """What the contract calls a value of a column; the text itself where it has no word for it.

    >>> term("销售额", "kpi"), term("华东", "unit")
    ('revenue', '华东')
    """
    return _TERMS.get(column, {}).get(plain(text), text)


def role(header: str) -> str:
    """The column of targets, or ``year``, that a header names; empty where it names none."""
    return _ROLES.get(plain(header), "")


def unit_kind(text: str) -> str | None:
    """Whose targets stand below a header: ``rep``, ``team``, ``region`` or ``company``."""
    return _TERMS["unit_kind"].get(plain(text))


def unit_kind_in(title: str) -> str | None:
    """Whose targets a title says they are, where it names one kind of unit."""
    title = plain(title)
    found = {
        kind
        for word, kind in _TERMS["unit_kind"].items()
        if kind != "company" and re.search(rf"(?<![a-z]){re.escape(word)}s?(?![a-z])", title)
    }
    return found.pop() if len(found) == 1 else None


def measure(text: str) -> str | None:
    """The measure beside a period, empty where there is none, None where it is something else.

    >>> measure("目标(万元)"), measure("revenue target"), measure("actual")
    ('', 'revenue', None)
    """
    text = plain(_TARGET.sub(" ", _BRACKETS.sub(" ", text)))
    return _TERMS["kpi"].get(text) if text else ""


def is_count(kpi: str) -> bool:
    """Whether a measure is counted, and never in the thousands of money a title speaks of."""
    return bool(_COUNT.search(kpi.casefold()))


def is_share(kpi: str) -> bool:
    """Whether a measure is a part of a whole, whose targets are kept in per cent."""
    return kpi in ("conversion", "retention")


def says_target(text: str) -> bool:
    """Whether a title or header speaks of a quota, target, plan or 目标."""
    return bool(_TARGET.search(plain(text)))


def plain(text: str) -> str:
    """Text in lower case and half width, its words one blank apart."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("_", " ")
    return " ".join(text.split()).strip(" -/:.*")


def _meanings(groups: Pairs[str, str]) -> dict[str, str]:
    return {plain(word): key for key, words in groups.items() for word in (key, *words.split("|"))}


_TERMS = {
    "unit_kind": _meanings(_UNIT_KINDS),
    "kpi": _meanings(_KPIS),
    "period": _meanings(_PERIODS),
    "tier": _meanings(_TIERS),
}
_ROLES = _meanings(_HEADERS)
