"""Prints the jobs that Dagster requests from a Kubernetes API: one for each asset of the lineage, and one for a run.

It is a process of its own, because the definitions read their settings once. dagster-k8s and our definitions are real.
Only the API server is a local one, which records each request and refuses it, so that the runs end.
"""

import contextlib
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import dagster as dg
import kubernetes
from dagster._core.definitions.assets.job.asset_job import IMPLICIT_ASSET_JOB_NAME
from dagster._core.definitions.reconstruct import ReconstructableRepository
from dagster._core.storage.tags import PARTITION_NAME_TAG
from dagster_k8s.client import DagsterK8sUnrecoverableAPIError
from kubernetes.client.exceptions import ApiException

from canopy_assets.definitions import defs
from canopy_assets.lineage.partitions import SEEDS

SEED = "algebra.md"
asked: list[dict[str, Any]] = []


class Api(BaseHTTPRequestHandler):
    """An API server that records jobs and refuses every request."""

    def do_POST(self) -> None:
        asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self._refuse()

    def _refuse(self) -> None:
        refusal = b'{"kind": "Status", "code": 403, "message": "taken down"}'
        self.send_response(403)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(refusal)))
        self.end_headers()
        self.wfile.write(refusal)

    def do_GET(self) -> None:
        self._refuse()

    def do_DELETE(self) -> None:
        self._refuse()

    def log_message(self, format: str, *args: object) -> None:
        pass


def serve() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    Thread(target=server.serve_forever, daemon=True).start()

    def reach(**_: object) -> None:
        configuration = kubernetes.client.Configuration()
        configuration.host = "http://{}:{}".format(*server.server_address)
        kubernetes.client.Configuration.set_default(configuration)

    # In a pod, files of Kubernetes name the API server.
    kubernetes.config.load_incluster_config = reach


def render(home: str) -> None:
    """Run each asset alone, because the executor stops at the first refusal; then launch a run."""
    graph = defs.resolve_asset_graph()
    code = ReconstructableRepository.for_module("canopy_assets.definitions", "defs")
    job = code.get_reconstructable_job(IMPLICIT_ASSET_JOB_NAME)
    with dg.DagsterInstance.from_config(home) as instance:
        assert SEEDS.name
        instance.add_dynamic_partitions(SEEDS.name, [SEED])
        for key in sorted(graph.materializable_asset_keys):
            tags = {PARTITION_NAME_TAG: SEED} if graph.get(key).is_partitioned else {}
            with dg.execute_job(job, instance, asset_selection=[key], raise_on_error=False, tags=tags) as result:
                assert not result.success
            # The daemon would free the slot only half a minute later, and the next step in the pool would wait for it.
            instance.event_log_storage.free_concurrency_slots_for_run(result.run_id)
        run = instance.get_runs(limit=1)[0]
        launcher: Any = instance.run_launcher
        with contextlib.suppress(DagsterK8sUnrecoverableAPIError, ApiException):  # the refusal
            launcher._launch_k8s_job_with_args("dagster-run-1", ["dagster", "api", "execute_run"], run)
    print(json.dumps(asked))


if __name__ == "__main__":
    serve()
    render(sys.argv[1])
