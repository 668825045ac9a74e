"""`openmara …`: the same actions for operators. Starts the embedded server, then hands over to the rooms' commands."""

import os
import sys

INSTALL_FREE = ("help", "--help", "-h", "version", "check", "makemigrations", "makemessages", "collectstatic", "vocabulary")


def main(arguments: list[str] | None = None) -> None:
    """Run one command. Exit code 0 done, 1 refused, 2 wrong use."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(line_buffering=True)  # address and sign-ins appear at once, in a file or pipe too
    words = list(sys.argv[1:] if arguments is None else arguments) or ["help"]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openmara.config.settings")
    if words[0] == "witness":  # stands alone, on another administration's machine: no database, no settings
        from openmara.ledger import witness

        raise SystemExit(witness.main(words[1:]))
    if not os.environ.get("DATABASE_URL") and words[0] not in INSTALL_FREE:
        from openmara.config import postgres

        postgres.start()
    from django.core.management import ManagementUtility

    from openmara.errors import Refusal

    try:
        ManagementUtility(["openmara", *words]).execute()
    except Refusal as refusal:
        sys.stderr.write(f"Refused: {refusal}\n")
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
