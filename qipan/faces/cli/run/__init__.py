"""Running the platform: preparing its database, the worker, and the demo with all its processes."""
