from random import Random

import jsonschema_rs
import pytest

from gateway.standin.formats import FORMATS


@pytest.mark.parametrize("name", FORMATS)
def test_is_of_its_format(name):
    check = jsonschema_rs.Draft202012Validator({"format": name}, validate_formats=True)
    for seed in range(50):
        assert check.is_valid(FORMATS[name](Random(seed)))
