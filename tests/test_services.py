import pytest

import derivc as dc
from derivc import services
from derivc.errors import UnsupportedError


@pytest.mark.parametrize("name", sorted(services._PLACES))
def test_what_is_provided_is_found(name):
    assert callable(services.service(name))


def test_a_service_that_nothing_provides_is_named():
    with pytest.raises(UnsupportedError, match="nothing provides 'paint'; provided are"):
        services.service("paint")


def test_a_provider_can_be_exchanged(monkeypatch):
    monkeypatch.setattr(services, "_PLACES", dict(services._PLACES))
    services.provide({"check": "builtins:repr"})
    try:
        assert services.service("check") is repr
    finally:
        services.service.cache_clear()


def test_methods_of_kernels_hand_over_to_services():
    k = dc.compile("x**2")
    assert k.check(points=2).ok
    assert k.explain(x=3.0).derivations[0].slope.value == 6.0
    assert k.explain_nan(1.0).ok
