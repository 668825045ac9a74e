"""`openmara-verify` on the machine of an installation: finds its database and key. No Django."""

import os

from openmara.config import env
from openmara.ledger import command


def find_database() -> tuple[str, bytes]:
    """The embedded server of this installation, unless the environment names another."""
    if os.environ.get("OPENMARA_VERIFY_URL"):
        return command.from_environment()
    url = os.environ.get("DATABASE_URL")
    kept = env.kept_secrets()
    if not url:
        from openmara.config import postgres

        name = os.environ.get("OPENMARA_DATABASE", "openmara")
        url = f"host={postgres.socket_folder()} dbname={name} user=app_worker password={kept['app_worker']}"
    return url, bytes.fromhex(env.secret("OPENMARA_VERIFY_KEY") or kept["verify_mac"])


def main() -> int:
    return command.main(find_database=find_database)


if __name__ == "__main__":
    raise SystemExit(main())
