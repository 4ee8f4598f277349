"""The published library: elements, services, resources and life events, by version."""
