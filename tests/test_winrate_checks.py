"""The estimator keeps the promises that scikit-learn asks of every classifier."""

from sklearn.utils.estimator_checks import parametrize_with_checks

from analytics.winrate import RepWinRate


@parametrize_with_checks(
    [
        RepWinRate(rep="x0", segments=None, by=(), team=None, period=None),
    ]
)
def test_the_estimator_behaves_like_any_other(estimator, check):
    """Arrays have columns x0, x1 and so on: the first one names the rep.

    The one check that skips itself asks for arrays of other libraries; deals come in frames.
    """
    check(estimator)
