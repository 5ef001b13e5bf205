"""Starts a connector: `make new-connector NAME=acme`, in the shape of the guide."""
