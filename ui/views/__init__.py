"""Views of the whole site, beside the pages of its devices."""
