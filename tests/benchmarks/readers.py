"""What reading costs, in CPU seconds of one run: ``python -m tests.benchmarks.readers``.

The child over reading here, GB18030 over UTF-8, and a workbook of 200,000 rows by 12 columns
over openpyxl's read-only pass, where openpyxl is installed (it is no part of the project).
"""

import io
import random
import resource
from collections.abc import Callable, Iterator

from data.readers import read_table
from data.sandbox import read_safely
from tests.hostile import shared, xlsx

ROWS = 200_000
TIMES = 3
HEADER = "商机编号,商机名称,客户名称,负责人,商机阶段,金额,赢率,创建时间,结单日期,产品,区域,备注"


def main() -> None:
    small = f"{HEADER}\n{next(lines(1))}\n".encode()
    child = best(lambda: read_safely(small, "a.csv")) - best(lambda: read_table(small, "a.csv"))
    print(f"child over reading here, one small file: {child:.3f} CPU-s")

    text = "\n".join([HEADER, *lines(ROWS)])
    utf_8, chinese = map(seconds_to_read, (text.encode("utf-8"), text.encode("gb18030")))
    print(f"GB18030 {chinese:.2f} over UTF-8 {utf_8:.2f} CPU-s: {chinese / utf_8:.2f}")

    book = big_workbook()
    here = best(lambda: read_table(book, "a.xlsx"))
    safe = best(lambda: read_safely(book, "a.xlsx"))
    print(f"XLSX of {len(book) / 1e6:.0f} MB: {here:.2f} CPU-s here, {safe:.2f} with the child")
    try:
        import openpyxl  # type: ignore[import-untyped]
    except ImportError:
        print("openpyxl is not installed: no ratio")
        return

    def other() -> None:
        sheet = openpyxl.load_workbook(io.BytesIO(book), read_only=True).worksheets[0]
        assert sum(1 for _ in sheet.iter_rows(values_only=True)) == ROWS + 1

    theirs = best(other)
    print(f"openpyxl {theirs:.2f} CPU-s: 1/{theirs / here:.1f} here, 1/{theirs / safe:.1f} safe")


def seconds_to_read(content: bytes) -> float:
    return best(lambda: read_safely(content, "a.csv"))


def lines(count: int) -> Iterator[str]:
    rng = random.Random(1)
    for n in range(count):
        yield (
            f"OPP-{n:07d},第{n}号商机,客户{rng.randrange(5000)},{rng.choice('张王李赵')}伟,"
            f"{rng.choice(('赢单', '输单', '谈判'))},{rng.random() * 1e5:.2f},{rng.randrange(101)},"
            f"2025-{1 + n % 12:02d}-{1 + n % 28:02d},2026-{1 + n % 12:02d}-{1 + n % 28:02d},"
            f"GTX,华东,电话{n % 100}"
        )


def big_workbook() -> bytes:
    """Cells as spreadsheet programs write them: numbers, and texts in a list of their own."""
    texts: dict[str, int] = {}
    rows = []
    for y, line in enumerate([HEADER, *lines(ROWS)], start=1):
        cells = []
        for column, cell in zip("ABCDEFGHIJKL", line.split(","), strict=True):
            if column in "FG" and y > 1:
                cells.append(f'<c r="{column}{y}"><v>{cell}</v></c>')
            else:
                number = texts.setdefault(cell, len(texts))
                cells.append(f'<c r="{column}{y}" t="s"><v>{number}</v></c>')
        rows.append(f'<row r="{y}">{"".join(cells)}</row>')
    main = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    kinds = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{main}.sheet.main+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{main}.sharedStrings+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{main}.worksheet+xml"/>'
        "</Types>"
    )
    parts = shared("".join(f"<si><t>{text}</t></si>" for text in texts))
    return xlsx("".join(rows), **parts, **{"[Content_Types].xml": kinds})


def best(run: Callable[[], object]) -> float:
    """CPU seconds of this process and its children, of the quickest of some runs."""
    used = []
    for _ in range(TIMES):
        before = cpu()
        run()
        used.append(cpu() - before)
    return min(used)


def cpu() -> float:
    both = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both)


if __name__ == "__main__":
    main()
