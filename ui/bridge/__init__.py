"""Between asyncio and Qt: task scopes that end with their page, writes that do not, and the one message bridge."""
