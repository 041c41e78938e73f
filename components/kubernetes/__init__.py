"""The kubernetes platform: stores, broker and pipelines that run in the cluster itself."""
