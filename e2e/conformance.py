"""Runs the official API client's scenarios and recorded Terraform traffic against the real binary.

The runner and its data are not part of this repository; --runner names its folder.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from server import temporary

# What this version serves. The rest would only say that it is not there.
AREAS = "metrics,hosts and tags,events,keys and org,dashboards"

# Some copies of the runner lack the module that says which JSON keys are data (ids, names of tags)
# rather than form. This stands in for it, so that the replay can compare forms.
REPLAY = r"""
import importlib.util, re, sys, types
if importlib.util.find_spec("ddconf.make_shapes") is None:
    module = types.ModuleType("ddconf.make_shapes")
    module.DATA_KEY = re.compile(r"\d{4,}|[0-9a-f]{8}-|[^A-Za-z0-9_$\[\]-]")
    sys.modules["ddconf.make_shapes"] = module
from ddconf import replay
sys.exit(replay.main())
"""


def totals(out):
    """The runner's totals without the scenarios that ask for a signal we do not store yet."""
    scenarios = json.loads((out / "scenarios.json").read_text())["scenarios"]
    later = [s for s in scenarios if "the data source" in s.get("message", "")
             and "is not available" in s["message"]]
    counted = len(scenarios) - len(later)
    passed = sum(s["outcome"] == "pass" for s in scenarios)
    shapes = [not s["shape_missing"] for s in scenarios if s.get("shape_checked")]
    return (f"conformance: {passed} of {counted} scenarios pass, shape ok {sum(shapes)} of {len(shapes)}; "
            f"not counted: {len(later)} that query a data source not served yet")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runner", required=True)
    parser.add_argument("--areas", default=AREAS)
    parser.add_argument("--failures", default="0")
    parser.add_argument("--out", default=None, help="folder for the results as JSON")
    arguments = parser.parse_args()
    runner = os.path.abspath(arguments.runner)
    out = pathlib.Path(arguments.out or tempfile.mkdtemp(prefix="procyon-conformance-"))
    out.mkdir(parents=True, exist_ok=True)
    with temporary("conformance") as server:
        environment = {
            **os.environ, "CONF_BASE_URL": server.url, "CONF_API_KEY": server.api_key,
            "CONF_APP_KEY": server.application_key, "PYTHONDONTWRITEBYTECODE": "1",
        }

        def python(*command):
            return subprocess.run(
                [sys.executable, *command], cwd=runner, env=environment, stdin=subprocess.DEVNULL
            ).returncode

        python("-m", "ddconf.seed")
        common = ["--areas", arguments.areas, "--failures", arguments.failures]
        status = python("-m", "ddconf.run", *common, "--by-area", "--out", str(out / "scenarios.json"))
        status |= python("-c", REPLAY, "--groups", arguments.areas, "--failures",
                         arguments.failures, "--by-resource", "--out", str(out / "replay.json"))
        print(totals(out))
        print(f"results: {out}")
        assert server.stop() == 0, server.output()
    return status


if __name__ == "__main__":
    sys.exit(main())
