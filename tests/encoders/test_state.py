"""Vectors to tokens."""

import math

import pytest
import torch
from torch.testing import assert_close

from eitherway.data.spec import Spec
from eitherway.encoders import StateEncoder

SPEC = Spec(observation={"b": 1, "a": 2}, action=1, n_obs_steps=3)


def test_a_token_is_an_observation_with_its_names_in_order():
    obs = {"b": torch.ones(4, 3, 1), "a": torch.zeros(4, 3, 2)}
    c = StateEncoder(SPEC)(obs)
    assert c[0].tolist() == [[0, 0, 1]] * 3


def test_waves_come_beside_the_numbers():
    encoder = StateEncoder(SPEC, fourier_octaves=2)
    obs = {"b": torch.full((1, 3, 1), 0.25), "a": torch.zeros(1, 3, 2)}
    c = encoder(obs)
    assert c.shape == (1, encoder.tokens, encoder.embed) == (1, 3, 15)
    half = math.sqrt(0.5)
    assert_close(c[0, 0], torch.tensor([0, 0, 0.25, 0, 0, 0, 0, half, 1, 1, 1, 1, 1, half, 0]), atol=1e-6, rtol=0)


def test_there_are_no_waves_below_none():
    with pytest.raises(ValueError, match="fourier_octaves must be from 0 to 64, got -1"):
        StateEncoder(SPEC, fourier_octaves=-1)
