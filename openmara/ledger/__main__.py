"""`python -m openmara.ledger`: the checks alone, for an auditor who has copied nothing but this room."""

from openmara.ledger.command import main

raise SystemExit(main())
