"""Modules every session needs, imported once when the server starts."""

# ruff: noqa: F401
from threadpoolctl import threadpool_limits

import analytics.workflow
import pages._ui.blocks
import pages._ui.explaining
import pages._ui.facts
import pages._ui.honesty
import pages._ui.loading
import pages._ui.rates
import pages._ui.verdict

# The matrices are small: a second thread costs more than it brings, and sessions share cores.
threadpool_limits(1, user_api="blas")
