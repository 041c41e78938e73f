"""The rules, one a file named by its id."""

from __future__ import annotations

from policies.isolation.findings import Rule

from .ai_database_path import RULE as AI_DATABASE_PATH
from .ai_route import RULE as AI_ROUTE
from .analytics_reads_replica import RULE as ANALYTICS_READS_REPLICA
from .analytics_refresh_interval import RULE as ANALYTICS_REFRESH_INTERVAL
from .analytics_tuning import RULE as ANALYTICS_TUNING
from .analytics_views import RULE as ANALYTICS_VIEWS
from .auth_custom_provider import RULE as AUTH_CUSTOM_PROVIDER
from .auth_profile_data import RULE as AUTH_PROFILE_DATA
from .auth_session_store import RULE as AUTH_SESSION_STORE
from .auth_shared_secret import RULE as AUTH_SHARED_SECRET
from .coverage_before_extraction import RULE as COVERAGE_BEFORE_EXTRACTION
from .independent_pipelines import RULE as INDEPENDENT_PIPELINES
from .notifications_event_driven import RULE as NOTIFICATIONS_EVENT_DRIVEN
from .notifications_own_store import RULE as NOTIFICATIONS_OWN_STORE
from .parked_store import RULE as PARKED_STORE
from .phase_matches_resources import RULE as PHASE_MATCHES_RESOURCES
from .registered_move import RULE as REGISTERED_MOVE
from .shared_library import RULE as SHARED_LIBRARY
from .undeclared_edge import RULE as UNDECLARED_EDGE

RULES: tuple[Rule, ...] = (
    REGISTERED_MOVE,
    COVERAGE_BEFORE_EXTRACTION,
    PHASE_MATCHES_RESOURCES,
    PARKED_STORE,
    AI_DATABASE_PATH,
    AI_ROUTE,
    ANALYTICS_READS_REPLICA,
    ANALYTICS_REFRESH_INTERVAL,
    ANALYTICS_VIEWS,
    ANALYTICS_TUNING,
    AUTH_CUSTOM_PROVIDER,
    AUTH_SHARED_SECRET,
    AUTH_SESSION_STORE,
    AUTH_PROFILE_DATA,
    NOTIFICATIONS_EVENT_DRIVEN,
    NOTIFICATIONS_OWN_STORE,
    INDEPENDENT_PIPELINES,
    UNDECLARED_EDGE,
    SHARED_LIBRARY,
)
"""Every rule of the pack."""
