"""What has been uploaded."""

import pandas as pd

from data.mapping import Mapping
from data.warehouse import Warehouse


def uploads(warehouse: Warehouse) -> pd.DataFrame:
    """Every upload, newest first, the undone ones included."""
    with warehouse.cursor() as db:
        return db.execute("select * exclude (mapping) from uploads order by upload_id desc").df()


def newest_mappings(warehouse: Warehouse) -> dict[str, Mapping]:
    """How the newest upload of each entity was read; undone ones do not count."""
    with warehouse.cursor() as db:
        found = db.execute(
            "select entity, mapping from uploads where undone_at is null order by upload_id"
        ).fetchall()
    return {entity: Mapping.from_json(mapping) for entity, mapping in found}


def rejections(warehouse: Warehouse, upload_ids: list[int]) -> pd.DataFrame:
    """What was refused of uploads, with their file: row, column, value, rule, record."""
    with warehouse.cursor() as db:
        return db.execute(
            """
            select file, row_no, column_name as "column", value, rule, record
            from rejections
            join uploads using (upload_id)
            where upload_id in (select unnest($ids::bigint[]))
            order by upload_id, row_no, column_name, record
            """,
            {"ids": upload_ids},
        ).df()
