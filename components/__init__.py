"""ComponentResources that turn a topology into running infrastructure; they read a topology and nothing else."""

from components.deployment import ClusterAccess, deploy
from components.extraction_roadmap import ExtractionRoadmap

DeployedTopology = ExtractionRoadmap
"""What `deploy` hands back: the root component with its few outputs."""

__all__ = ["ClusterAccess", "DeployedTopology", "ExtractionRoadmap", "deploy"]
