"""Between asyncio and Qt: task scopes that end with their page, and the one message bridge."""
