"""Pages of a device, each shown where the session offers what it needs."""
