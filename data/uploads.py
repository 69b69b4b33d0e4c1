"""What has been uploaded."""

import pandas as pd

from data.warehouse import Warehouse


def uploads(warehouse: Warehouse) -> pd.DataFrame:
    """Every upload, newest first, the undone ones included."""
    with warehouse.cursor() as db:
        return db.execute("select * exclude (mapping) from uploads order by upload_id desc").df()
