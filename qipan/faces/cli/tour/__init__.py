"""The tour: a newborn's whole story over HTTP, against a running platform."""
