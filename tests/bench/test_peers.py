"""The parts of `make bench-peers` that decide: what is installed, sent and judged."""

import json
import sys
from pathlib import Path

import pytest
import yaml

from tests.bench.closed_loop import LoadFailed
from tests.bench.peer_install import PINS, PeerFailed, Pin, commands
from tests.bench.peer_setups import GATEWAY, MASTER_KEY, SETUPS, Setup, litellm_config
from tests.bench.peer_trial import Contender, served
from tests.bench.peers import BARS, attempt, table
from tests.bench.rivals import Rival
from tests.bench.run import BODY
from tests.bench.servers import free_port


def contender(name: str, rates: list[float], failure: str = "") -> Contender:
    count = len(rates)
    rival = Rival(name, 1, 1, rates, [1e6 / rate for rate in rates], [1.0] * count, [2.0] * count)
    return Contender(name, rival, Setup([], {}, {}), failure=failure)


def test_every_peer_has_a_pin_a_setup_and_a_bar() -> None:
    assert set(PINS) == set(BARS) == set(SETUPS) - {GATEWAY}


def test_a_bar_is_met_at_the_ratio_itself_and_missed_below_it() -> None:
    gateway = contender(GATEWAY, [3000.0, 3000.0, 3000.0])
    portkey = contender("portkey", [600.0, 600.0, 700.0])
    prism = contender("prism", [400.0, 501.0, 600.0])
    rows = table([gateway, portkey, prism])
    assert [row["gateway x"] for row in rows] == [None, 5.0, 5.99]
    assert [row["result"] for row in rows] == [None, "met", "missed"]


def test_a_peer_that_failed_stays_in_the_table_and_is_not_judged() -> None:
    rows = table([contender(GATEWAY, [3000.0] * 3), contender("litellm", [1.0], "it broke")])
    assert rows[1]["requests/s"] == 1
    assert rows[1]["gateway x"] is None
    assert rows[1]["result"] == "not judged"


def test_a_peer_that_was_not_even_installed_has_no_figures() -> None:
    row = table([contender(GATEWAY, [3000.0]), contender("prism", [], "no npm")])[1]
    assert row["requests/s"] is None
    assert row["result"] == "not judged"


@pytest.mark.parametrize("failed", [PeerFailed, LoadFailed])
def test_after_a_failure_nothing_more_is_done_with_a_peer(failed: type[BaseException]) -> None:
    steps = []

    def step(each: Contender) -> None:
        steps.append(each.name)
        raise failed("it broke")

    peer = contender("prism", [])
    attempt(peer, step)
    attempt(peer, step)
    assert (steps, peer.failure) == (["prism"], "it broke")


def test_a_server_that_ends_at_once_is_told_with_its_last_words(tmp_path: Path) -> None:
    dying = Setup([sys.executable, "-c", "raise SystemExit('no such document')"], {}, {})
    with (
        pytest.raises(PeerFailed, match="no such document"),
        served(dying, free_port(), tmp_path, tmp_path / "log"),
    ):
        pass


def test_litellm_relays_the_model_of_the_load_to_the_upstream() -> None:
    config = yaml.safe_load(litellm_config(4711))
    (model,) = config["model_list"]
    assert model["model_name"] == json.loads(BODY)["model"]
    assert model["litellm_params"]["api_base"] == "http://127.0.0.1:4711/v1"
    assert config["general_settings"] == {"master_key": MASTER_KEY}


@pytest.mark.parametrize(
    ("client", "requirement"), [("npm", "@maker/thing@1.2.3"), ("pip", "@maker/thing==1.2.3")]
)
def test_the_pinned_version_goes_into_the_peers_own_folder(client: str, requirement: str) -> None:
    home = Path("build/peers/thing")
    last = commands(Pin(client, "@maker/thing", "1.2.3"), home)[-1]
    assert last[-1] == requirement
    assert any(word.startswith(str(home)) for word in last)
