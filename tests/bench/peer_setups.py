"""How the gateway and each peer are set up for `make bench-peers`, and why that is fair.

All have one worker, the same upstream, and 32 connections that stay open. The gateway has key
check, validation and an access-log line for every request; the peers are spared what they can be
spared:

- **Portkey**: its own Node server, with `NODE_ENV=production` and `--headless`, which leave out
  its page of logs. Provider and upstream come with each request as header fields, the way that
  needs neither a configuration to parse nor an account. It has no check of a key or a body to
  switch on. It listens on all interfaces while it runs; no option changes that.
- **Prism**: `prism proxy` with `--errors`, so that it refuses what the document does not allow
  (without, it only reports). It gets `spec/published/openapi.json`, the same document that the
  gateway enforces, as it is. One process (`--multiprocess` forks for the log's sake) and no log
  line for what succeeds. It checks the answer too, which cannot be switched off; the upstream's
  answer is valid.
- **LiteLLM**: the proxy from its own command line, one Uvicorn worker on uvloop, which its
  documentation recommends, with a model list whose `api_base` is the upstream, a master key, no
  database, no callbacks, and by its advice for production: `LITELLM_LOG=ERROR` (no access log),
  `LITELLM_MODE=PRODUCTION`. Its price list is the one that it ships, so that nothing is fetched.
  It has no switch for telemetry any more (the option does nothing), and no callback is set.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from tests.bench.run import BODY
from tests.bench.servers import KEY, ROOT, settings, specrelay

GATEWAY = "specrelay"
DOCUMENT = ROOT / "spec" / "published" / "openapi.json"
MASTER_KEY = f"sk-{KEY}"  # LiteLLM takes none without this beginning


@dataclass(frozen=True)
class Setup:
    """A server's command line and environment, and the header fields that requests to it need."""

    command: list[str]
    env: dict[str, str]
    headers: dict[str, str]


def specrelay_setup(_home: Path, port: int, upstream: int, _folder: Path) -> Setup:
    return Setup(
        specrelay(port, upstream),
        settings(upstream),
        {"Authorization": f"Bearer {KEY}"},
    )


def portkey_setup(home: Path, port: int, upstream: int, _folder: Path) -> Setup:
    server = home / "node_modules" / "@portkey-ai" / "gateway" / "build" / "start-server.js"
    return Setup(
        ["node", str(server), f"--port={port}", "--headless"],
        {"NODE_ENV": "production"},
        {
            "Authorization": "Bearer sk-bench",
            "x-portkey-provider": "openai",
            "x-portkey-custom-host": f"http://127.0.0.1:{upstream}/v1",
        },
    )


def prism_setup(home: Path, port: int, upstream: int, _folder: Path) -> Setup:
    program = home / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"
    return Setup(
        [
            *("node", str(program), "proxy", str(DOCUMENT), f"http://127.0.0.1:{upstream}"),
            *("--errors", "--verboseLevel", "error", "--host", "127.0.0.1", "--port", str(port)),
        ],
        {"NODE_ENV": "production"},
        {"Authorization": "Bearer sk-bench"},
    )


def litellm_config(upstream: int) -> str:
    """LiteLLM's configuration file. JSON is YAML too."""
    model = json.loads(BODY)["model"]
    target = {
        "model": f"openai/{model}",
        "api_base": f"http://127.0.0.1:{upstream}/v1",
        "api_key": "sk-bench",
    }
    return json.dumps(
        {
            "model_list": [{"model_name": model, "litellm_params": target}],
            "general_settings": {"master_key": MASTER_KEY},
            "litellm_settings": {"set_verbose": False, "request_timeout": 600, "callbacks": []},
        },
        indent=2,
    )


def litellm_setup(home: Path, port: int, upstream: int, folder: Path) -> Setup:
    config = folder / "litellm.yaml"
    config.write_text(litellm_config(upstream), encoding="utf-8")
    return Setup(
        [
            *(str(home / "bin" / "litellm"), "--config", str(config), "--num_workers", "1"),
            *("--host", "127.0.0.1", "--port", str(port)),
        ],
        {
            "LITELLM_LOG": "ERROR",
            "LITELLM_MODE": "PRODUCTION",
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        },
        {"Authorization": f"Bearer {MASTER_KEY}"},
    )


SETUPS = {
    GATEWAY: specrelay_setup,
    "portkey": portkey_setup,
    "prism": prism_setup,
    "litellm": litellm_setup,
}
