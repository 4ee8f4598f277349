"""The site: settings, routes and servers; the one Django app that holds every table."""
