"""ComponentResources that turn a topology into running infrastructure; they read a topology and nothing else."""

from components.deployment import ClusterAccess, ExtractionRoadmap, RegisteredMove, deploy

DeployedTopology = ExtractionRoadmap
"""What `deploy` hands back: the root component with its few outputs."""

__all__ = ["ClusterAccess", "DeployedTopology", "ExtractionRoadmap", "RegisteredMove", "deploy"]
