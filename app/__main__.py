"""`python -m app` is the command `camwright`."""

from app.cli.main import main

raise SystemExit(main())
