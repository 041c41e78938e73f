"""Pure functions from a topology to the text a server reads; the same text reaches a pod and a test of the server."""
