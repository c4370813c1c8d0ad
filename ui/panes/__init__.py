"""Lists beside the page."""
