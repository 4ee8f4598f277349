"""Mandates: who may act for which person or enterprise, in what, until when."""
