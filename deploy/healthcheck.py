"""Asks the web process in this container for a path and fails unless it answers 200."""

import os
import sys
import urllib.request

port = os.environ.get("WEB_BIND", "127.0.0.1:8000").rpartition(":")[2]
with urllib.request.urlopen(f"http://127.0.0.1:{port}{sys.argv[1]}", timeout=4) as answer:
    sys.exit(answer.status != 200)
