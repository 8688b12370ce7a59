"""The distributions of training times: what is drawn has the distribution that the class states."""

import pytest
import torch
from scipy import stats

from eitherway.paths import Beta, Cosine, LinearBetas, LinearPath, LogNormal, Steps, Uniform

MANY = torch.zeros(20_000, 1, 1, dtype=torch.float64)


def drawn(times, generator, path=None):
    return times.draw(MANY, path or LinearPath(), generator)


def follows(x, distribution):
    """Kolmogorov and Smirnov's test: from a fixed seed, wrong once in a thousand seeds."""
    return stats.kstest(x.numpy(), distribution.cdf).pvalue > 1e-3


def test_uniform_times_are_uniform(generator):
    assert follows(drawn(Uniform(), generator), stats.uniform())


@pytest.mark.parametrize("path", [LinearPath(), Cosine()], ids=lambda p: type(p).__name__)
def test_levels_are_normal_on_every_path(path, generator):
    levels = path.level(drawn(LogNormal(mean=0.3, sd=0.8), generator, path))
    assert follows(levels, stats.norm(0.3, 0.8))


def test_normal_levels_on_the_straight_path_are_logit_normal_times(generator):
    assert follows(drawn(LogNormal(mean=-0.5, sd=1.5), generator).logit(), stats.norm(-0.5, 1.5))


@pytest.mark.parametrize(("noise", "data", "least"), [(1.5, 1.0, 0.001), (0.7, 2.0, 0.0), (1.0, 1.0, 0.2)])
def test_beta_times_have_a_stretched_beta_distribution(noise, data, least, generator):
    t = drawn(Beta(noise=noise, data=data, least=least), generator)
    assert follows(t, stats.beta(noise, data, loc=least, scale=1 - least))


def test_beta_times_with_both_shapes_at_1_are_uniform(generator):
    assert follows(drawn(Beta(noise=1.0, data=1.0, least=0.0), generator), stats.uniform())


def test_beta_times_as_pi0_has_them_keep_to_the_noise(generator):
    """Its time is (s - b s) counted from the noise, b ~ Beta(1.5, 1), s = 0.999: ours is 1 minus that."""
    t = drawn(Beta(), generator)
    assert float(t.min()) >= 0.001 and float(t.mean()) == pytest.approx(0.001 + 0.999 * 0.6, abs=0.005)


def test_every_step_is_as_likely_as_another(generator):
    counts = torch.bincount((drawn(Steps(count=10), generator) * 10).round().long() - 1, minlength=10)
    assert stats.chisquare(counts.numpy()).pvalue > 1e-3


@pytest.mark.parametrize("times", [Uniform(), Beta()], ids=lambda t: type(t).__name__)
def test_times_that_are_told_as_they_are(times):
    t = torch.linspace(0, 1, 5)
    assert torch.equal(times.tell(t, LinearPath()), t)


@pytest.mark.parametrize("path", [LinearPath(), Cosine(), LinearBetas()], ids=lambda p: type(p).__name__)
def test_levels_tell_a_finite_number_where_all_is_noise_and_where_none_is(path):
    assert LogNormal().tell(torch.tensor([0.0, 1.0]), path).isfinite().all()


@pytest.mark.parametrize(
    ("times", "options", "word"),
    [(Beta, {"noise": 0.0}, "above 0"), (Beta, {"least": 1.0}, "least must lie"), (LogNormal, {"sd": 0.0}, "sd must")],
)
def test_an_impossible_distribution_of_times_is_refused(times, options, word):
    with pytest.raises(ValueError, match=word):
        times(**options)
