"""What may be handed to the estimator: named columns or plain arrays, labels, weights, counts."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import assert_all_finite, column_or_1d, validate_data


def named_columns(estimator: BaseEstimator, X: ArrayLike, *, fitting: bool) -> pd.DataFrame:
    """``X`` as a frame; those of an array or of a frame without names are x0, x1...

    A frame is read by the names of its columns, so one to predict may hold fewer than that of
    the fit; an array may not.
    """
    if isinstance(X, pd.DataFrame) and not isinstance(X.columns, pd.RangeIndex):
        if fitting:
            validate_data(estimator, X, skip_check_array=True)
        return X
    values = validate_data(estimator, X, reset=fitting, dtype=None)
    return pd.DataFrame(values, columns=[f"x{place}" for place in range(values.shape[1])])


def two_classes(y: ArrayLike, n_rows: int) -> tuple[NDArray, NDArray]:
    """Whether each label is the greater of the two, and both labels.

    Raises
    ------
    ValueError
        There is not one label for each row, or not two different ones; a single one is accepted
        when it is 0 or 1.
    """
    if y is None:
        raise ValueError("the fit requires y to be passed, but the target y is None")
    labels = column_or_1d(y, warn=True)
    if labels.shape != (n_rows,):
        raise ValueError(f"y has shape {labels.shape}, X has {n_rows} rows")
    assert_all_finite(labels, input_name="y")
    check_classification_targets(labels)
    classes = np.unique(labels)
    if len(classes) == 1 and np.isin(classes, [0, 1]).all():
        classes = np.array([0, 1], dtype=classes.dtype)
    if len(classes) > 2:
        raise ValueError(
            f"Only binary classification is supported: y must hold 2 classes, got {len(classes)}"
        )
    if len(classes) < 2:
        raise ValueError("y must hold 2 classes, got 1 class")
    return labels == classes[1], classes


def check_counts(n_rows: int, wins: NDArray, trials: NDArray) -> None:
    """Refuse counts that do not belong to the rows or cannot be."""
    if wins.shape != (n_rows,) or trials.shape != (n_rows,):
        raise ValueError(f"{n_rows} rows, but wins {wins.shape} and trials {trials.shape}")
    if not (np.isfinite(trials).all() and (wins >= 0).all() and (wins <= trials).all()):
        raise ValueError("wins must lie between 0 and trials, and trials be finite")
    if not trials.any():
        raise ValueError("no closed deals to learn from")
