"""What the sample company is made of: its people, customers, products and words. All fictional."""

from dataclasses import dataclass

import numpy as np

COMPANY = "Lanting Instruments 兰亭仪器"
CURRENCY = "CNY"
RATES = {"USD": 7.12, "EUR": 7.8, "HKD": 0.912}
"""About what one of a foreign currency is in that of the company."""
MAIL_HOST = "lanting.example"

TEAMS = {  # team: (region, manager)
    "华东一组": ("华东", "沈立群"),
    "华东二组": ("华东", "Alice Fang"),
    "华南一组": ("华南", "冯启明"),
    "华南二组": ("华南", "叶婉清"),
}

PEOPLE = {  # name: mail address before the host
    "李薇": "li.wei",
    "王建国": "wang.jianguo",
    "张若溪": "zhang.ruoxi",
    "陈思远": "chen.siyuan",
    "Grace Lin": "grace.lin",
    "刘一帆": "liu.yifan",
    "赵雪": "zhao.xue",
    "Daniel Wu": "daniel.wu",
    "周浩然": "zhou.haoran",
    "吴倩": "wu.qian",
    "孙志强": "sun.zhiqiang",
    "徐静怡": "xu.jingyi",
    "黄俊豪": "huang.junhao",
    "林晓彤": "lin.xiaotong",
    "Kevin Zhou": "kevin.zhou",
    "郭子涵": "guo.zihan",
    "何佳": "he.jia",
    "高文远": "gao.wenyuan",
    "Sophie Chen": "sophie.chen",
    "梁嘉欣": "liang.jiaxin",
    "罗文博": "luo.wenbo",
    "谢雨桐": "xie.yutong",
    "Jason Huang": "jason.huang",
    "邓丽华": "deng.lihua",
    "许国栋": "xu.guodong",
    "Emily Tang": "emily.tang",
}


@dataclass(frozen=True)
class Product:
    """A product on the price list, and how it sells.

    ``quantity`` and ``cycle`` (days) are means a deal, ``share`` is its part of all deals, and
    ``effort`` compares the work that a deal takes.
    """

    family: str
    list_price: int
    quantity: float
    cycle: float
    share: float
    effort: float


PRODUCTS = {
    "Atlas Flow": Product("Software", 460_000, 1.1, 80, 0.13, 6),
    "Nimbus QC": Product("Software", 180_000, 1.3, 55, 0.17, 4),
    "Orion Sense": Product("Instruments", 22_000, 5.0, 26, 0.26, 2),
    "Terra Log": Product("Instruments", 58_000, 2.5, 33, 0.18, 2.5),
    "Vega Vision": Product("Systems", 880_000, 1.05, 95, 0.09, 8),
    "Helix Care": Product("Services", 120_000, 1.0, 36, 0.17, 2.5),
}

SECTORS = {  # sector: (word in a Chinese company's name, word in an English one)
    "Manufacturing": ("精密机械", "Works"),
    "Electronics": ("电子", "Circuits"),
    "Automotive": ("汽车部件", "Motors"),
    "Healthcare": ("医疗器械", "Medical"),
    "Chemicals": ("化工", "Chemicals"),
    "Food & Beverage": ("食品", "Foods"),
    "Energy": ("能源", "Power"),
    "Logistics": ("物流", "Logistics"),
}
SECTOR_SHARES = (0.22, 0.18, 0.14, 0.12, 0.11, 0.09, 0.08, 0.06)

SOURCES = {"Referral": 0.18, "Website": 0.27, "Trade fair": 0.17, "Partner": 0.14, "Outbound": 0.24}
STAGES = ("Qualify", "Needs", "Proposal", "Negotiation")
LOSS_REASONS = ("Price", "Competitor", "No budget", "No decision", "Timing", "Product fit")
NEXT_STEPS = (
    "Call the buyer",
    "Send the quotation",
    "Demonstration on site",
    "确认技术参数",
    "Meet the plant manager",
    "寄送样机",
    "Agree payment terms",
    "等待客户立项",
)
TASKS = (
    *NEXT_STEPS,
    "Prepare the tender",
    "Update the forecast",
    "安排售后培训",
    "Clear the contract",
)
QUESTIONS = (
    "I can reach my target this quarter",
    "My workload is manageable",
    "I get the help I need",
)

SPRING_FESTIVALS = np.array(
    [
        *("2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17"),
        *("2027-02-06", "2028-01-26", "2029-02-13", "2030-02-03"),
    ],
    dtype="datetime64[D]",
)

_CITIES = {
    "华东": ["上海", "苏州", "南京", "杭州", "宁波", "无锡", "合肥"],
    "华南": ["深圳", "广州", "东莞", "佛山", "厦门", "珠海", "惠州"],
}
_CHINESE = [
    first + second
    for first in "云青松岚曜澄鹿鹤溪霁泓砚栖朔璟筠芷峤汀禾"
    for second in "岫川原屿舟野峰桥林谷帆石泽庭台渊陵洲崖津"
]
_ENGLISH = [
    first + second
    for first in ("Alder", "Birch", "Cedar", "Fern", "Hazel", "Larch", "Maple", "Rowan", "Willow")
    for second in ("brook", "crest", "field", "gate", "hill", "mere", "ridge", "wick")
]
_ENGLISH_EVERY = 7


def account_names(sectors: np.ndarray, regions: np.ndarray, rng: np.random.Generator) -> list[str]:
    """Names of companies of these sectors in these regions, each brand used once."""
    chinese, english = iter(rng.permutation(_CHINESE)), iter(rng.permutation(_ENGLISH))
    names = []
    for i, (sector, region) in enumerate(zip(sectors, regions, strict=True)):
        word, english_word = SECTORS[sector]
        if i % _ENGLISH_EVERY == 0:
            names.append(f"{next(english)} {english_word} Co., Ltd.")
        else:
            names.append(f"{rng.choice(_CITIES[region])}{next(chinese)}{word}有限公司")
    return names
