# ---
# jupyter:
#   jupytext:
#     cell_markers: '"""'
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
r"""
# Either way

**What should a robot do when more than one action is right?** People drive round an obstacle on the left or on the
right. A network that is trained to be *close to what they did* goes through the middle. This notebook shows why, and
builds the main ways out, one small step at a time: better losses, tokens, diffusion, flow matching. At the end you
can write each of them yourself, and you know what each is worth, because on the task of this notebook the truth is
known exactly.

**How to read it.** Every method comes twice: first bare, in 10 to 20 lines of plain PyTorch that you could retype, then
as one call of the library `eitherway`; a cell shows that both are the same thing. The chapters have one rhythm: a
formula, its code, one number with its interval, one picture, what you should see in it, and a question with a folded
answer. *Run all* takes a minute or two on a laptop; nothing needs a GPU. Change anything: a sentence whose numbers you
have changed is written anew, and says so when it no longer holds.

**What you need to know**: Python, what a derivative is, what a probability density is, and to have seen a training
loop in PyTorch once. Everything else is built here.

| symbol | what it is |
|---|---|
| $s$ | where the robot starts: all that it sees |
| $x$ | where it lands: the one number it chooses |
| $p(x \mid s)$ | the density of the expert's landings from a start $s$ |
| $\mathbb E[\,\cdot\,]$ | the mean over everything random inside; $\mathbb E[x \mid s]$: over landings from one start |
| $m$ | a single prediction for $x$; $r = x - m$ is its error |
| $\varepsilon$ | noise: a number drawn from the standard normal density $\mathcal N(0, 1)$ |
| $t$, $x_t$ | how noisy, from $0$ (the landing itself) to $1$ (all noise), and the landing made noisy to that degree |

It is tested in JupyterLab, and written to run on Kaggle and Colab as well, which nobody has tested yet. The first cell
installs the package where it is missing.
"""

# %% tags=["setup"]
import importlib.util
import subprocess
import sys

PACKAGE = "eitherway[notebook] @ git+https://github.com/eitherway/eitherway"  # where it comes from where it is missing
if importlib.util.find_spec("eitherway") is None:
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", PACKAGE], check=True)

# %% tags=["setup"]
import math

import ipywidgets
import numpy as np
import sympy
import torch
from IPython.display import Markdown, display
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, pad

import eitherway.heads as heads
from eitherway.backbones import MLP
from eitherway.codebooks import KMeans, Sides, UniformBins
from eitherway.data import Identity, Windows
from eitherway.make import Make
from eitherway.metrics.distance import floor, mean_wasserstein
from eitherway.notebook.display import movie, show
from eitherway.notebook.markdown import gap, markdown, success
from eitherway.recipes import METHODS
from eitherway.report import four_panel
from eitherway.report.numbers import percent, rate
from eitherway.tasks import TASKS
from eitherway.tasks.jumper.distribution import safe
from eitherway.training.recipe import Recipe, build
from eitherway.training.train import fitted, train

torch.set_num_threads(1)  # networks this small are fastest on one thread, and give the same numbers everywhere

# %% [markdown]
r"""
## 1. What *multimodal* means

A **density** $p$ says how likely the values of a random number are. A **mode** is a peak of it: a place where $p$ is
higher than everywhere around; where $p$ is smooth,

$$p'(x) = 0, \qquad p''(x) < 0.$$

One mode: *unimodal*. Several: *multimodal*. The picture shows nine densities of each kind. For a unimodal density "a
typical value" means something: the mean, the middle and the peak lie close together. For a multimodal one the mean may
be a value that never occurs.
"""

# %% tags=["figure"]
from eitherway.notebook.gallery import gallery

show(gallery(), "Eighteen densities: nine with one peak, nine with several; the peaks are marked")


# %% tags=["number"]
def two_hills(x):
    """Half of the mass around -2, half around 2, each with standard deviation 0.5."""
    left, right = (torch.exp(-(((x - centre) / 0.5) ** 2) / 2) for centre in (-2, 2))
    return (left + right) / 2 / (0.5 * math.sqrt(2 * math.pi))


line = torch.linspace(-5, 5, 100_001, dtype=torch.float64)
p = two_hills(line)
peaks = line[1:-1][(p[1:-1] > p[:-2]) & (p[1:-1] > p[2:])]  # higher than both neighbours
mean = float(torch.trapezoid(line * p, line))
markdown(
    f"""The two equal hills have **{len(peaks)} modes**, at {peaks[0]:.2f} and {peaks[1]:.2f}. Their mean is
    {round(mean, 2) + 0:.2f}, where the density is only {percent(float(two_hills(torch.tensor(mean)) / p.max()), 3)}
    of its peak: the mean is the least likely value between the hills.""",
    the_mean_is_unlikely=float(two_hills(torch.tensor(mean))) < 0.01 * float(p.max()),
)

# %% [markdown]
r"""
**What you should see.** On the left, one marked peak each, however skewed or heavy-tailed the rest is. On the right,
two to five. A mode can sit at a kink (Laplace, triangular) or at the very end of the range (the Beta with two horns),
where the density is highest although its slope is not zero.

**Question.** A robot sees where it stands, and 90 people show it what to do. From any one place they all go the same
way. Over *all* places, half of the demonstrations go left and half go right. Is this a multimodal problem?

<details><summary>Answer</summary>

Not for a policy. What matters is the density of actions *given what the robot sees*, $p(x \mid s)$, and from each
start there is only one mode. A plot of all actions would show two peaks all the same. Always ask: multimodal given
what?
</details>
"""

# %% [markdown]
r"""
## 2. The environment, by hand

A square robot, one unit wide, stands at $s$ below an obstacle of the same size at $0$. It chooses one number: the
landing position $x$, one level up, where the obstacle is. If the two squares overlap, the jump fails. Both are one unit
wide, so

$$\text{success} \iff |x| \ge b, \qquad b = 1 \quad \text{(touching is no collision).}$$

Move the robot and the landing spot: drag them, or click the picture and use the arrow keys (with shift: the robot), or
use the sliders. Show the obstacle and the action first.
"""

# %% tags=["live"]
from eitherway.notebook.widgets import JumperWidget

world = JumperWidget()
world

# %% [markdown]
r"""
The same from standard parts, for places where only these work:
"""

# %% tags=["live"]
from PIL import Image

from eitherway.tasks.jumper.env import picture


def scene(s=0.0, x=1.05, robot=True, obstacle=False, action=False):
    """The picture from Python, and the verdict."""
    pixels = picture(s, x if action else None, robot=robot, obstacle=obstacle)
    verdict = ("Success!" if abs(x) >= 1 else "Fail!") if action else ""
    display(Image.fromarray(pixels), Markdown(f"**{verdict}**" if verdict else ""))


ipywidgets.interactive(scene, s=(-1.5, 1.5, 0.1), x=(-1.5, 1.5, 0.05))

# %% [markdown]
r"""
And as stills, for places that run nothing:
"""

# %% tags=["figure"]
from eitherway.notebook.jumper_strip import still_strip

show(still_strip(), "The robot below, the obstacle above; jumps to the left and right succeed, straight up fails")

# %% tags=["number"]
left, right = -1.2, 1.2
markdown(
    f"""Landing at {left} is a success, landing at {right} is a success, and landing at their average,
    {(left + right) / 2:g}, is a {"success" if abs(left + right) / 2 >= 1 else "**failure**"}. That is the whole
    problem of this notebook in one line.""",
    average_of_two_right_answers_is_wrong=abs(left + right) / 2 < 1,
)

# %% [markdown]
r"""
**What you should see.** Whatever $s$ is, the same landings succeed: the start has no say in what is *possible*. It will
have a say in what the expert *prefers*.

**Question.** Is it enough to find the best landing for each start, say the one with the shortest path?

<details><summary>Answer</summary>

Where you can write down what "best" is, yes: then this is a problem of planning and there is nothing to imitate. Here
we only have demonstrations, of people who each did something right. We want to do *something that they would have
done*, and not an average of it.
</details>
"""

# %% [markdown]
r"""
## 3. The expert's data

The expert goes right with a probability that rises with $s$, else left, and lands a little beyond the edge:

$$p_{\text{right}}(s) = \operatorname{clip}\!\left(\tfrac{s + 1}{2},\, 0,\, 1\right), \qquad
x = \pm(b + \delta), \qquad \delta \sim \text{LogNormal}(\mu, \sigma), \quad \sigma = 1, \quad
\mu = \ln 0.2 - \tfrac{\sigma^2}{2},$$

with $x$ clipped to $[-3b, 3b]$. $\delta$ is the *overshoot*: the exponential of a normal number, so never negative and
sometimes large. This choice of $\mu$ makes its mean $0.2$. Starts are uniform, $s \sim U(-1.2, 1.2)$.

Bare:
"""

# %%
torch.manual_seed(0)
own_s = 1.2 * (2 * torch.rand(10_000) - 1)
p_right = ((own_s + 1) / 2).clamp(0, 1)
side = torch.where(torch.rand(10_000) < p_right, 1.0, -1.0)
overshoot = torch.exp(math.log(0.2) - 1 / 2 + torch.randn(10_000))
own_x = side * (1 + overshoot).clamp(max=3)

# %% [markdown]
r"""
The library's task holds the same, and with it the exact distribution: density, cumulative distribution, quantiles. From
here on we take its data, which everybody who uses it shares: 10,000 demonstrations to train on, 1,000 to hold out.
"""

# %%
task = TASKS["jumper"]()
s, x = task.pairs("train")


def table(s, x, rows=5):
    """The first rows of a data set."""
    lines = [
        f"| {float(a):+.2f} | {float(b):+.2f} | {'right' if b > 0 else 'left'} |"
        for a, b in zip(s[:rows], x[:rows], strict=True)
    ]
    return Markdown("\n".join(["| start s | landing x | mode |", "|---|---|---|", *lines]))


table(s, x)

# %% [markdown]
r"""
Do the two agree? A tool that we need all the time: the **Wasserstein-1 distance** $W_1$, which asks how far, on
average, mass has to be moved to turn one density into another. With the cumulative distributions $F$ and $G$,

$$W_1 = \int |F(x) - G(x)|\, dx, \qquad \text{in units of } x: \text{ the robot's width.}$$

We measure it within twelve groups of starts, each $0.2$ wide, and average. Perfect samples do not score $0$, because
a sample is never the density itself: their score is the **floor**. A group holds many starts, so $W_1$ sees how a
policy spreads over *like* starts, not over one. A smooth network cannot cheat by this; a very ragged function could.
"""

# %% tags=["number"]
starts = torch.as_tensor(task.env(10_000).reset(seed=task.starts[0])[0])[:, 0]  # 10,000 fresh starts to be judged at


def state(s):
    """Starts as the library wants to see them: as many examples as there are, one moment each, one number."""
    return {"state": s[:, None, None]}


seen = state(starts)


def distance(x, s=starts):
    """W1 between landings and the exact distribution, within twelve groups of like starts."""
    return mean_wasserstein(x[None], state(s), task, task.distribution)


least = floor(task, seen)
own, theirs = distance(own_x, own_s), distance(x, s)
markdown(
    f"""Our own data are **{own:.3f}** from the exact distribution, the library's **{theirs:.3f}**; the floor, what
    10,000 exact draws score, is {least.mean:.3f} with a standard deviation of {least.sd:.3f} over {least.n} sets. Both
    are what draws from the distribution would score. The expert succeeds in {rate(success(x))}, of course, and goes
    right in {percent(float((x > 0).double().mean()))} of the demonstrations.""",
    both_are_near_the_floor=max(own, theirs) < least.mean + 5 * least.sd,
    the_expert_never_fails=bool(safe(x).all()),
)

# %% [markdown]
r"""
Real demonstrations are sloppier. A second task, `jumper-noisy`, has errors in the recorded start and landing (standard
deviation $0.05$), and one demonstration in twenty is plainly wrong: it lands somewhere inside the obstacle.
"""

# %%
noisy = TASKS["jumper-noisy"]()
noisy_s, noisy_x = noisy.pairs("train")
table(noisy_s, noisy_x)

# %% tags=["figure"]
from eitherway.notebook.scatters import data_sets, side_by_side

show(
    data_sets({"clean": (s, x), "noisy": (noisy_s, noisy_x)}),
    "Two scatter plots of landing over start: the clean set has an empty band, the noisy one has some points in it",
)

# %% tags=["number"]
markdown(
    f"""Of the noisy demonstrations {rate(success(noisy_x))} land safe: nearly one in nine does not. Besides the
    plainly wrong ones, the error of the landing pushes as many again of the closest over the edge.""",
    nearly_one_in_nine_is_wrong=0.87 < success(noisy_x).mean < 0.91,
)

# %% [markdown]
r"""
**What you should see.** Clean: two bands with nothing between them; on the left nearly all go left, on the right nearly
all go right, around $s = 0$ both are common. Noisy: the same, blurred, with a thin haze in the obstacle.

**Question.** Where along $s$ is the expert unimodal?

<details><summary>Answer</summary>

For $|s| \ge 1$, where $p_{\text{right}}$ is 0 or 1. Everywhere else both modes have some probability, even if one of
them is rare.
</details>
"""

# %% [markdown]
r"""
## 4. The four-panel picture

One picture for the data and for every method, so that the eye learns it once. On the left the landings over the starts,
the obstacle tinted; then the density of all landings; then of those that started on the left; then on the right. A
density is drawn from samples with a **kernel**: each sample becomes a small bell of width $h$, and the bells are added,

$$\hat f(x) = \frac{1}{n h} \sum_{i=1}^{n} \varphi\!\left(\frac{x - x_i}{h}\right), \qquad
\varphi(u) = \frac{1}{\sqrt{2\pi}} e^{-u^2/2}.$$

The usual rule for $h$ suits one hill. With two it smears mass over the gap between them, so we take a tenth of it.
"""

# %%
usual = float(x.std()) * len(x) ** (-1 / 5)  # Scott's rule


def kernel_density(at, x, h):
    """The mean of bells of width h around the samples, at one place."""
    return float(torch.exp(-(((at - x) / h) ** 2) / 2).mean() / (h * math.sqrt(2 * math.pi)))


smeared, sharp = kernel_density(0.9, x, usual), kernel_density(0.9, x, usual / 10)

# %% tags=["figure"]
show(four_panel(s, x, title="the expert"), "Four panels: landings over starts, and their density overall and by side")

# %% tags=["number"]
markdown(
    f"""At 0.9, inside the obstacle, where no demonstration is, the usual kernel claims a density of
    **{smeared:.2f}**; with a tenth of its width it is {sharp:.4f} ($n$ = {len(x):,} demonstrations).""",
    a_narrow_kernel_leaves_the_gap_empty=sharp < 0.01 < smeared,
)

# %% [markdown]
r"""
**What you should see.** Two heaps, each steep at the edge of the obstacle and with a long tail; given $s < 0$ the left
one is higher, given $s > 0$ the right one.

Success rates have a **95 % interval** beside them (Wilson's; made so that it misses the true rate once in twenty
times), and the number $n$ they were counted from. It says how precisely *this one* policy was measured. $W_1$ is to
be held against the floor and its spread. Train again, and you have another policy: how much that changes is seen in
chapter 14, where every method is trained five times.

**Question.** Think of a policy that knows only two landings, one on each side. What of this picture can it get right?

<details><summary>Answer</summary>

The *side*, as often as the expert takes it; chapter 8 does that. Not the *shape* of the heaps: two landings are not
two heaps with tails.
</details>

Three small tools for all that follows: what a policy of the library does at our starts, a number for it, and the
library's policy with the weights of a network of our own, to see whether our few lines and the library's are the same
method. (`Make(X, ...)` is the class X with its options, not built yet; a `Recipe` is a bundle of them; `Windows` hold
demonstrations.)
"""


# %%
def act(policy, seed=0):
    """One landing for each of the starts."""
    return policy.sample(seen, 1, torch.Generator().manual_seed(seed))[0, :, 0, 0]


def told(x):
    """Success with its interval, and the distance to the exact distribution."""
    return f"{rate(success(x))}; $W_1$ = {distance(x):.3f}"


library = {}  # the landings of the library's recipes, by name, as they come


def twin(head, net):
    """The library's policy for a head, with the weights of our own network and without any normalising."""
    policy = build(Recipe(head=head, backbone=Make(MLP, width=64), normaliser=Make(Identity)), task, seed=0)
    policy.fit(Windows.of(state(s), x[:, None, None]), torch.Generator().manual_seed(0))
    policy.head.net.layers.load_state_dict(net.state_dict())
    return policy.eval().requires_grad_(False)


# %% [markdown]
r"""
## 5. Mean squared error

The first idea everybody has: a network $m_\theta(s)$ with weights $\theta$, and the loss

$$L(\theta) = \mathbb E\big[(x - m_\theta(s))^2\big].$$

**What it converges to.** Fix one start and ask for the best constant $m$ there. With a pencil:

$$\frac{d}{dm}\, \mathbb E\big[(x - m)^2\big] = -2\, \mathbb E[x - m] = -2\,(\mathbb E[x] - m) \overset{!}{=} 0
\quad\Longrightarrow\quad m^* = \mathbb E[x].$$

The second derivative is $2 > 0$, so this is the minimum: **the mean**. A network that is flexible enough does this at
every start, $m^*(s) = \mathbb E[x \mid s]$. Here the mean is $(2 p_{\text{right}} - 1) \cdot \mathbb E[\,|x|\,]$: it
slides from the left heap to the right one as $s$ grows, straight through the obstacle.

The same with a machine: right with probability $w$ at $+u$, left at $-v$.
"""

# %%
w, u, v, m = sympy.symbols("w u v m", positive=True)
cost = w * (u - m) ** 2 + (1 - w) * (-v - m) ** 2
best = sympy.solve(sympy.diff(cost, m), m)[0]
expected = w * u + (1 - w) * (-v)  # the mean
display(sympy.Eq(m, sympy.expand(best)), Markdown(f"minimum minus mean: {sympy.simplify(best - expected)}"))

# %% [markdown]
r"""
Bare: data, network, loop, prediction. The network has two hidden layers of 64 numbers, with *SiLU*, a smooth bend,
after each. A *batch* is the handful of demonstrations that one step looks at; *Adam* moves the weights against the
slope of the loss; the *learning rate* says how far. The *seed* makes random numbers come out the same again. `s[i,
None]` turns a row of numbers into a column, `[:, 0]` turns it back.
"""

# %% tags=["training"]
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(1, 64), nn.SiLU(), nn.Linear(64, 64), nn.SiLU(), nn.Linear(64, 1))
optimiser = torch.optim.Adam(net.parameters(), fused=True)
pace = torch.optim.lr_scheduler.OneCycleLR(
    optimiser, max_lr=1e-2, total_steps=1_000
)  # the learning rate: up, then down
for _ in range(1_000):
    i = torch.randint(len(s), (250,))  # a batch of demonstrations
    loss = (x[i] - net(s[i, None])[:, 0]).square().mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    pace.step()

net.requires_grad_(False)
x_mse, net_mse = net(starts[:, None])[:, 0], net

# %% tags=["figure"]
show(
    four_panel(s, x, (starts, x_mse), title="squared error", method="mse"), "Squared error: a line through the obstacle"
)

# %% [markdown]
r"""
The library: a recipe is everything that decides what a training computes, `fitted` carries it out. (Its own recipe for
`mse` has another width and normalises; the twin below has our network's weights and nothing else.)
"""

# %% tags=["training"]
policy, seconds = fitted(METHODS["mse"].recipe, task, seed=0)
library["mse"] = act(policy)

# %% tags=["number"]
same = twin(Make(heads.Regression), net)
losses = same.head.loss(x[:, None, None], s[:, None, None], torch.Generator())  # one for each demonstration
ours = (x - net(s[:, None])[:, 0]).square()
differ = max(gap(losses, ours), gap(act(same), x_mse))
exact = task.distribution.mean(seen)[:, 0, 0]
markdown(
    f"""**Squared error lands safe for {told(x_mse)}.** The library's recipe, trained in {seconds:.1f} s:
    {told(library["mse"])}. With the same weights the two agree to {differ:.0e} in every loss and landing. A perfect
    network would be the exact mean, safe for {percent(success(exact).mean)} of these starts: so this failure is not
    one of training.""",
    bare_and_library_are_the_same=differ < 1e-4,
    even_the_exact_mean_fails_for_most_starts=success(exact).mean < 0.5,
    both_fail_for_most_starts=max(success(x_mse).mean, success(library["mse"]).mean) < 0.5,
)

# %% [markdown]
r"""
Look at one narrow slice of starts, $0.6 < s < 0.7$. Most experts go right there, a few go left, and the mean of them
all:
"""

# %% tags=["figure"]
from eitherway.report.figures import Landings
from eitherway.report.slice import slice_picture

show(
    slice_picture(Landings.of(s, x)),
    "Histogram of the landings from starts between 0.6 and 0.7; their mean lies in the gap",
)

# %% tags=["number"]
part = x[(s > 0.6) & (s < 0.7)]
grid = torch.linspace(-3, 3, 6_001)
costs = torch.stack([(part - m).square().mean() for m in grid])
cheapest = float(grid[costs.argmin()])
markdown(
    f"""In the slice the mean of {len(part)} landings is **{float(part.mean()):.3f}**, inside the obstacle. Trying 6,001
    constants one after the other, the cheapest under squared error is {cheapest:.3f}: the derivation holds.""",
    the_mean_of_the_slice_is_in_the_obstacle=bool(part.mean().abs() < 1),
    the_cheapest_constant_is_the_mean=abs(cheapest - float(part.mean())) < 2e-3,
)

# %% [markdown]
r"""
**What you should see.** One line instead of two bands, climbing through the obstacle; it leaves it only near the
ends, where the expert is of one mind.

**Question.** Would a bigger network, more data or longer training help?

<details><summary>Answer</summary>

No: all three bring it closer to the conditional mean, and it is the mean that is in the obstacle. What is wrong is
the question that the loss asks, not how well it is answered.
</details>
"""

# %% [markdown]
r"""
## 6. Mean absolute error

A loss that minds large errors less:

$$L(\theta) = \mathbb E\,\big|x - m_\theta(s)\big|.$$

**What it converges to.** The slope of $|x - m|$ in $m$ is $-1$ where $x > m$ and $+1$ where $x < m$, so

$$\frac{d}{dm}\, \mathbb E\,|x - m| = P(x < m) - P(x > m) \overset{!}{=} 0
\quad\Longrightarrow\quad P(x < m^*) = P(x > m^*) = \tfrac12 .$$

As many landings below as above: **the median**. On all the data at once half go left and half go right. Then the
condition holds for *every* $m$ in the gap, the cost is flat there, and any value of the gap is a median. A minimum
that is a whole interval pulls a network nowhere: which value it takes is left to chance. In a sample it is never
quite half and half, and the median jumps to the edge of the side that has a few more.
"""

# %% tags=["number"]
flat = [float((x - m).abs().mean()) for m in (-0.9, 0.0, 0.9)]
outside = float((x - 2.7).abs().mean())
below, above = (float(share.double().mean()) for share in (part < part.median(), part > part.median()))
markdown(
    f"""On all {len(x):,} landings the mean is {float(x.mean()):.3f} and the median {float(x.median()):.3f}. The cost
    of a constant under absolute error moves by only **{max(flat) - min(flat):.3f}** across the gap, from -0.9 to 0.9;
    as far again to the right it rises by {outside - flat[-1]:.3f}. In the slice $0.6 < s < 0.7$ the median is
    {float(part.median()):.3f}: beyond the obstacle, while the mean, {float(part.mean()):.3f}, is inside. Of its
    {len(part)} landings {percent(below)} lie below the median and {percent(above)} above: the derivation holds.""",
    as_many_below_as_above=abs(below - above) < 0.01,
    the_cost_is_nearly_flat_in_the_gap=max(flat) - min(flat) < 0.1 * (outside - flat[-1]),
    the_median_of_the_slice_is_safe=bool(part.median() >= 1),
)

# %% [markdown]
r"""
Bare. Up to chapter 8 the loop stays the same, so it becomes a function; only the loss is new.
"""


# %% tags=["training"]
def learn(loss, outputs=1, bias=None):
    """A small network, trained to make `loss(net, i)` small, i being the demonstrations of a batch."""
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(1, 64), nn.SiLU(), nn.Linear(64, 64), nn.SiLU(), nn.Linear(64, outputs))
    if bias is not None:
        nn.init.constant_(net[-1].bias, bias)  # what it says before it has learnt anything
    optimiser = torch.optim.Adam(net.parameters(), fused=True)
    pace = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=1e-2, total_steps=1_000)
    for _ in range(1_000):
        value = loss(net, torch.randint(len(s), (250,)))
        optimiser.zero_grad()
        value.backward()
        optimiser.step()
        pace.step()
    return net.eval().requires_grad_(False)


net = learn(lambda net, i: (x[i] - net(s[i, None])[:, 0]).abs().mean())
x_mae, net_mae = net(starts[:, None])[:, 0], net

# %% tags=["training"]
policy, seconds = fitted(METHODS["mae"].recipe, task, seed=0)
library["mae"] = act(policy)

# %% tags=["figure"]
show(
    four_panel(s, x, (starts, x_mae), title="absolute error", method="mae"), "Absolute error: two bands and a crossing"
)

# %% tags=["number"]
same = twin(Make(heads.Regression, penalty=Make(heads.Absolute)), net)
losses = same.head.loss(x[:, None, None], s[:, None, None], torch.Generator())
differ = max(gap(losses, (x - net(s[:, None])[:, 0]).abs()), gap(act(same), x_mae))
exact = task.distribution.median(seen)[:, 0, 0]
crossing = starts[~safe(x_mae)]
markdown(
    f"""**Absolute error lands safe for {told(x_mae)}.** The library's recipe, trained in {seconds:.1f} s:
    {told(library["mae"])}. With the same weights the two agree to {differ:.0e}. The exact median is safe for
    {percent(success(exact).mean)} of the starts; a smooth network cannot jump, and fails between
    {float(crossing.min()):+.2f} and {float(crossing.max()):+.2f}, where it crosses.""",
    bare_and_library_are_the_same=differ < 1e-4,
    the_median_is_safer_than_the_mean=success(x_mae).mean > success(x_mse).mean + 0.1,
    the_exact_median_is_always_safe=success(exact).mean > 0.999,
)

# %% [markdown]
r"""
**What you should see.** On the left it follows the left heap, on the right the right heap, and in between it climbs
through the obstacle. From any one start it still does one thing only, always.

**Question.** It succeeds most of the time. Is it a good imitation of the expert?

<details><summary>Answer</summary>

No. From $s = 0.4$ the expert goes left in three of ten jumps, and this policy never. $W_1$ sees that and success does
not. Where the second mode matters (somebody stands on the first, or the robot has to explore), a policy that forgot it
is a worse one. Whether it matters is a question about your robot, not about the loss.
</details>
"""

# %% [markdown]
r"""
## 7. Better losses?

The squared error is ruled by far-away data: the slope $2r$ grows with the error $r$. Suppose it faded instead, so
that a prediction listens to what is near and forgets the other side. Six shapes $\rho(r)$:

$$r^2, \qquad |r|, \qquad 1 - e^{-r^2}, \qquad \min(|r|, 2), \qquad \ln(1 + r^2), \qquad 1 - e^{-|r|},$$

called, in this order, squared (`mse`), absolute (`mae`), Welsch's, truncated, Cauchy's, and the Laplace kernel.

What pulls a prediction $m$ is the **slope** of its cost,

$$\frac{d}{dm}\, \mathbb E[\rho(x - m)] = -\mathbb E[\rho'(x - m)],$$

so look at $\rho'$ more than at $\rho$.
"""

# %%
shapes = {
    "mse": lambda r: r.square(),
    "mae": lambda r: r.abs(),
    "welsch": lambda r: 1 - torch.exp(-r.square()),
    "truncated": lambda r: r.abs().clamp(max=2),
    "cauchy": lambda r: torch.log(1 + r.square()),
    "laplace-kernel": lambda r: 1 - torch.exp(-r.abs()),
}

# %% tags=["figure"]
import eitherway.notebook.losses as notebook_losses

show(notebook_losses.shapes(), "Six losses over the error, and below them their slopes")

# %% [markdown]
r"""
What each of them makes of real landings: the mean cost of a constant prediction $m$ on a slice of starts where both
modes are common. Minima are marked. *Welsch*, *truncated* and the *Laplace kernel*, whose slope is soon nearly
nothing, have **one minimum at each heap**: they seek a *mode*, and no longer a centre. *Cauchy*'s slope fades too,
but too slowly: the far heap still pulls, and its minima lie in the obstacle.
"""

# %% tags=["figure"]
middle = x[s.abs() < 0.1]
show(
    notebook_losses.totals(middle),
    "Mean cost over a constant prediction for six losses on landings from the middle starts",
)

# %% [markdown]
r"""
Drag the prediction over the data yourself, and change the unit in which errors are measured:
"""

# %% tags=["live"]
from eitherway.notebook.widgets import LossesWidget

explorer = LossesWidget(x, s, start=0.0)
explorer

# %% [markdown]
r"""
Train the four that are new, bare and from the library; the first two we have.
"""

# %% tags=["training"]
nets = {"mse": net_mse, "mae": net_mae}
for name, rho in list(shapes.items())[2:]:
    nets[name] = learn(lambda net, i, rho=rho: rho(x[i] - net(s[i, None])[:, 0]).mean())
x_loss = {name: net(starts[:, None])[:, 0] for name, net in nets.items()}

# %% tags=["training"]
for name in list(shapes)[2:]:
    library[name] = act(fitted(METHODS[name].recipe, task, seed=0)[0])

# %% tags=["figure"]
show(
    side_by_side(s, x, {name: (starts, landings) for name, landings in x_loss.items()}),
    "Six scatter plots, one for each loss: what a network trained with it predicts",
)

# %% tags=["number"]
penalties = (heads.Squared, heads.Absolute, heads.Welsch, heads.Truncated, heads.Cauchy, heads.LaplaceKernel)
differ = max(
    gap(act(twin(Make(heads.Regression, penalty=Make(penalty)), nets[name])), x_loss[name])
    + gap(penalty()(x), shapes[name](x))
    for name, penalty in zip(shapes, penalties, strict=True)
)
rows = [f"| {name} | {rate(success(x_loss[name]))} | {rate(success(library[name]))} |" for name in shapes]
seekers = ("welsch", "truncated", "laplace-kernel")
display(Markdown("\n".join(["| loss | bare, safe | library, safe |", "|---|---|---|", *rows])))
markdown(
    f"""With the same weights, bare and library agree to {differ:.0e} in all six. Every one beats squared error, and the
    mode seekers (Welsch, truncated, Laplace kernel) do so by most: on average
    **{percent(float(np.mean([success(x_loss[n]).mean for n in seekers])))}** of their landings are safe. But none of
    the six takes both modes from one start, and none follows the expert closely: the smallest $W_1$ is
    {min(distance(v) for v in x_loss.values()):.2f}, where the floor is {least.mean:.2f}.""",
    mode_seekers_are_safest=np.mean([success(x_loss[n]).mean for n in seekers]) > success(x_mae).mean,
    bare_and_library_are_the_same=differ < 1e-4,
    every_other_loss_beats_squared_error=all(success(x_loss[n]).mean > success(x_mse).mean for n in list(shapes)[1:]),
    none_is_near_the_floor=min(distance(v) for v in x_loss.values()) > 5 * least.mean,
)

# %% [markdown]
r"""
**Which get stuck?** To see it bare: take one constant, start it at different places, and follow the slope
downhill. No network, no noise, only the loss.
"""


# %% tags=["training"]
def downhill(rho, begin, pull=0.2, steps=600):
    """Where constants end that follow the slope of their cost on the middle landings, in ever smaller steps."""
    m = begin.clone()
    for step in range(steps):
        m = m.detach().requires_grad_()
        rho(middle[:, None] - m).mean(0).sum().backward()
        m = m.detach() - pull * (1 - step / steps) * m.grad
    return m


begin = torch.linspace(-6, 6, 49)
ends = {name: downhill(rho, begin) for name, rho in shapes.items()}

# %% tags=["figure"]
show(notebook_losses.basins(begin, ends), "Where a constant ends over where it started, for six losses")

# %% tags=["number"]
modes = {name: len({int(e.sign()) for e in ends[name] if 0.9 < e.abs() < 1.6}) for name in shapes}
two = [name for name in shapes if modes[name] == 2]
unmoved = {name: int(((ends[name] - begin).abs() < 0.01).sum()) for name in two}
lost = {name: int((ends[name].abs() < 0.95).sum()) for name in ("mae", "cauchy")}
markdown(
    f"""From {len(begin)} starting values, these losses end at either heap, depending on where they began:
    **{", ".join(two)}**. Where the slope has faded, nothing moves: {unmoved["welsch"]} constants never left their
    place under Welsch's loss, {unmoved["truncated"]} under the truncated one, and {unmoved["laplace-kernel"]} under
    the Laplace kernel, whose pull from afar is weak but not nothing. Under Cauchy's loss {lost["cauchy"]} end in the
    obstacle. Under absolute error {lost["mae"]} are still on their way through the gap, where the cost is almost flat
    (chapter 6); squared error takes all of them to {float(ends["mse"].mean()):.2f}.""",
    three_losses_seek_a_mode=two == ["welsch", "truncated", "laplace-kernel"],
    far_from_all_data_welsch_and_truncated_are_stuck=min(unmoved["welsch"], unmoved["truncated"]) > 5,
    the_laplace_kernel_is_slow_and_not_stuck=unmoved["laplace-kernel"] < unmoved["welsch"],
    cauchy_ends_in_the_obstacle=lost["cauchy"] == len(begin),
    squared_error_is_never_stuck=bool((ends["mse"] - ends["mse"][0]).abs().max() < 0.05),
)

# %% [markdown]
r"""
**What initialisation does** to a network: the same loss (Welsch's), the same data, another first answer; and the same
again with errors measured in half a robot's width, $1 - e^{-(2r)^2}$, so that the slope fades twice as fast.
"""

# %% tags=["training"]
x_first = {}
for unit in (1.0, 0.5):
    for first in (-1.2, 1.2):
        net = learn(lambda net, i, u=unit: shapes["welsch"]((x[i] - net(s[i, None])[:, 0]) / u).mean(), bias=first)
        x_first[f"unit {unit:g}, first {first:+g}"] = net(starts[:, None])[:, 0]

# %% tags=["figure"]
show(
    side_by_side(s, x, {name: (starts, landings) for name, landings in x_first.items()}, method="welsch"),
    "Welsch's loss from two first answers, with the unit 1 and the unit one half",
)

# %% tags=["number"]
rights = {name: percent(float((v > 0).double().mean())) for name, v in x_first.items()}
wide, fine = list(x_first.values())[:2], list(x_first.values())[2:]
markdown(
    f"""Share of the {len(starts):,} starts from which it goes right:
    {"; ".join(f"{name}: {r}" for name, r in rights.items())}. With the unit 1 each start still feels both heaps, and
    the training finds the likelier one whatever it began with. With half of it the far heap is out of reach: **the
    first answer decides for all starts at once**, even for those from which no expert ever went that way. And every
    landing is safe: {rate(success(fine[0]))}. Success alone would call this the best policy so far.""",
    with_a_wide_unit_the_first_answer_does_not_matter=all(0.4 < float((v > 0).double().mean()) < 0.6 for v in wide),
    with_a_fine_unit_it_decides_for_all=bool((fine[0] < 0).all() and (fine[1] > 0).all()),
    and_all_of_it_is_safe=all(success(v).mean == 1 for v in fine),
)

# %% [markdown]
r"""
**What you should see.** The verdict on the six:

* *Squared* finds the mean, *absolute* the median, slowly where the gap is flat. Both answer the wrong question.
* *Welsch*, *truncated* and the *Laplace kernel* seek a mode: their cost has a minimum at each heap. Their slope fades
  away from the data, so what begins far from every heap is stuck (the Laplace kernel: slow), and the finer their
  unit, the more it is the first weights that choose the heap, and not the data.
* *Cauchy* is between: its slope fades slowly, and from wherever they start its constants end in the obstacle, between
  the mean and a heap.
* All six train functions: **one start, one landing.** However the error is punished, a function does one thing from
  one start, and a smooth one nearly the same from like starts.

**Question.** You know that there are two heaps. Why not train ten such networks from ten different first answers and
pick one at random for each jump?

<details><summary>Answer</summary>

It would take both modes, and it is the seed of the right idea: *the answer has to be drawn, not computed*. But nothing
makes the networks spread over the heaps as the expert does, each still crosses the obstacle somewhere, and ten
networks know ten landings, not a density. The rest of this notebook does it properly.
</details>
"""

# %% [markdown]
r"""
## 8. Tokens: make it a choice

A function cannot take both modes, but a *probability* can. Call the landings on the left class 0, those on the right
class 1, and learn $q_\theta(s)$, the probability of class 1, with the **cross-entropy**

$$L(\theta) = -\,\mathbb E\big[\, k \ln q_\theta(s) + (1 - k) \ln(1 - q_\theta(s)) \,\big],
\qquad k = 1 \text{ where } x > 0, \text{ else } 0.$$

**What it converges to.** At one start let the class be 1 with probability $p$. Then

$$\frac{d}{dq}\big(-p \ln q - (1 - p) \ln(1 - q)\big) = -\frac{p}{q} + \frac{1 - p}{1 - q} \overset{!}{=} 0
\quad\Longrightarrow\quad q^* = p .$$

The average is back, but an average of *classes* is a probability, and that is what we want. The network puts out a
number $\ell$ from $-\infty$ to $\infty$, the *score* (PyTorch: logit), and $q = 1 / (1 + e^{-\ell})$. To act, choose
a class: the likelier one, or one drawn with its probability. Then land on the mean of that side.
"""

# %% tags=["training"]
right = (x > 0).float()
net = learn(lambda net, i: binary_cross_entropy_with_logits(net(s[i, None])[:, 0], right[i]))
q = net(starts[:, None])[:, 0].sigmoid()  # the probability of going right
means = torch.stack([x[x <= 0].mean(), x[x > 0].mean()])

x_likelier = means[(q > 0.5).long()]
torch.manual_seed(0)
x_drawn = means[(torch.rand(len(q)) < q).long()]

# %% tags=["training"]
policy, seconds = fitted(METHODS["side-sampled"].recipe, task, seed=0)
library["side-sampled"] = act(policy)

# %% tags=["figure"]
show(
    four_panel(s, x, (starts, x_likelier), title="the likelier class", method="side"),
    "Two flat lines, one of them at each start",
)

# %% tags=["figure"]
show(
    four_panel(s, x, (starts, x_drawn), title="a class, drawn", method="side-sampled"),
    "Two flat lines, both around the middle",
)

# %% tags=["number"]
same = twin(Make(heads.Categorical, codebook=Make(Sides)), net)
losses = same.head.loss(x[:, None, None], s[:, None, None], torch.Generator())
ours = binary_cross_entropy_with_logits(net(s[:, None])[:, 0], right, reduction="none")
scores, _ = same.head.logits(starts[:, None, None])
differ = max(gap(losses, ours), gap(scores.softmax(-1)[:, 0, 1], q), gap(same.head.codebook.centres[0], means))
off = float((q - task.distribution.p_right(starts)).abs().mean())
policy.head.temperature = 0.0  # the likelier class, with the library
x_likelier_library = act(policy)

markdown(
    f"""**Both are safe for {rate(success(x_drawn))}.** $W_1$ is {distance(x_likelier):.3f} for the likelier class and
    {distance(x_drawn):.3f} for the drawn one, for the first never shows the rarer mode; the library's, trained in
    {seconds:.1f} s, {distance(x_likelier_library):.3f} and, drawn, {told(library["side-sampled"])}. The learnt
    probability of going right is off by {off:.3f} on average. With the same weights the two agree to {differ:.0e} in
    losses, probabilities and landings.""",
    bare_and_library_are_the_same=differ < 1e-4,
    two_classes_are_always_safe=min(success(v).mean for v in (x_likelier, x_drawn, library["side-sampled"])) == 1,
    drawing_is_closer_to_the_distribution=distance(x_drawn) < 0.7 * distance(x_likelier),
)

# %% [markdown]
r"""
### More classes

Two landings are not two heaps. Cut the range into $K$ **bins**; a number becomes a *token*, the index of its bin.
With one score for each class, all but the first free (only differences of scores matter, so the first may be $0$;
`pad` puts that $0$ in front),

$$q_k = \frac{e^{\ell_k}}{\sum_j e^{\ell_j}}, \qquad L = -\mathbb E[\ln q_k], \qquad k = \text{the bin of } x .$$
"""

# %% tags=["training"]
K = 24
walls = torch.linspace(float(x.min()), float(x.max()), K + 1)
centres = (walls[:-1] + walls[1:]) / 2
token = torch.searchsorted(walls[1:-1], x)
net = learn(lambda net, i: cross_entropy(pad(net(s[i, None]), (1, 0)), token[i]), outputs=K - 1)

q_bins = pad(net(starts[:, None]), (1, 0)).softmax(-1)
x_bins = centres[torch.multinomial(q_bins, 1, generator=torch.Generator().manual_seed(0))[:, 0]]

# %% [markdown]
r"""
Equal bins waste classes where nothing ever lands. (And that none of them straddles the edge of the obstacle is luck:
with 25 bins one would.) **k-means** puts the classes where the data are: give each landing to its nearest centre,
move each centre to the mean of its landings, and again.
"""

# %% tags=["training"]
clusters = x.quantile((torch.arange(K) + 0.5) / K)  # to begin with, equally many landings for each centre
for _ in range(100):
    token = (x[:, None] - clusters).abs().argmin(1)
    clusters = torch.stack([x[token == k].mean() for k in range(K)])
net_means = learn(lambda net, i: cross_entropy(pad(net(s[i, None]), (1, 0)), token[i]), outputs=K - 1)

q_means = pad(net_means(starts[:, None]), (1, 0)).softmax(-1)
x_means = clusters[torch.multinomial(q_means, 1, generator=torch.Generator().manual_seed(0))[:, 0]]

# %% [markdown]
r"""
The library's recipe `bins` goes one step further: 48 k-means classes, and beside each class's score an **offset**
that is learnt by squared error *within the class*, where there is but one heap and the mean is harmless: $\hat x =
c_k + o_k(s)$, with the loss $(x - c_k - o_k(s))^2$ for the class $k$ of the demonstration only. That is one step of
the Behavior Transformer.
"""

# %% tags=["training"]
policy, seconds = fitted(METHODS["bins"].recipe, task, seed=0)
library["bins"] = act(policy)

# %% tags=["figure"]
show(
    four_panel(s, x, (starts, library["bins"]), title="48 k-means classes with offsets", method="bins"),
    "Both modes, with their shape",
)

# %% tags=["number"]
same_bins = twin(Make(heads.Categorical, codebook=Make(UniformBins, size=K)), net)
same_means = twin(Make(heads.Categorical, codebook=Make(KMeans, size=K)), net_means)
same_means.head.codebook.centres.copy_(clusters[:, None])
differ = max(gap(act(same_bins), x_bins), gap(act(same_means), x_means))
markdown(
    f"""{K} equal bins: {told(x_bins)}. {K} clusters: {told(x_means)}. **48 clusters with offsets** (library,
    {seconds:.1f} s): {told(library["bins"])}. From the same noise the bare landings and the library's differ by at most
    {differ:.0e}.""",
    bare_and_library_are_the_same=differ < 1e-4,
    clusters_beat_equal_bins=distance(x_means) < distance(x_bins),
    offsets_come_near_the_floor=distance(library["bins"]) < 3 * least.mean,
)

# %% [markdown]
r"""
What the network has learnt at three starts, against the exact density, which it has never seen; and how many classes it
takes:
"""

# %% tags=["figure"]
from eitherway.notebook.tokens import sizes, tokens

at = (-0.6, 0.0, 0.6)
q_at = pad(net(torch.tensor(at)[:, None]), (1, 0)).softmax(-1)
show(
    tokens({a: (centres, walls, p) for a, p in zip(at, q_at, strict=True)}, task.distribution),
    "Learnt bins as bars, exact densities as lines",
)

# %% tags=["training"]
curve = []
for size in (2, 4, 8, 16, 64):
    recipe = METHODS["bins"].recipe.replace("head", Make(heads.Categorical, codebook=Make(KMeans, size=size)))
    landings = act(fitted(recipe, task, seed=0)[0])
    curve.append((size, success(landings).mean, distance(landings)))

# %% tags=["figure"]
show(sizes(curve, least), "Distance to the distribution over the number of classes, and the share of safe landings")

# %% [markdown]
r"""
**Temperature** sharpens or flattens what is drawn from: $q_k^{1/\tau}$, normalised again; towards $\tau = 0$ only the
likeliest class remains. **Top-k** draws among a few of the likeliest only. Both trade diversity against caution, and
both leave the distribution.
"""

# %% tags=["number"]
warm = {}
for temperature in (0.0, 0.5, 1.0, 2.0):
    policy.head.temperature = temperature
    warm[temperature] = distance(act(policy))
policy.head.temperature, policy.head.top = 1.0, 10
top = distance(act(policy))
policy.head.top = None
markdown(
    f"""$W_1$ at temperature {", ".join(f"{k:g}: {v:.3f}" for k, v in warm.items())}; among the ten likeliest classes
    only: {top:.3f}. The distribution is best met by drawing as it was learnt.""",
    drawing_as_learnt_is_best=min(warm, key=warm.get) == 1.0 and top > warm[1.0],
)

# %% [markdown]
r"""
### A third mode breaks two classes

Now let the task have a third mode. A landing within $0.2$ of the middle is right as well (say, the obstacle swings
aside for a robot that comes up exactly below it), and every third demonstration goes there. Nobody tells the
two-class network.
"""

# %% tags=["training"]
torch.manual_seed(1)
x3 = torch.where(torch.rand(len(x)) < 1 / 3, 0.05 * torch.randn(len(x)), x)


def passes(x):
    """Which landings go round the obstacle or exactly through the middle."""
    return (abs(x) >= 1) | (abs(x) <= 0.2)


means = torch.stack([x3[x3 <= 0].mean(), x3[x3 > 0].mean()])
net = learn(lambda net, i: binary_cross_entropy_with_logits(net(s[i, None])[:, 0], (x3[i] > 0).float()))
x_two = means[(torch.rand(len(starts)) < net(starts[:, None])[:, 0].sigmoid()).long()]


def learn_from(recipe, s, x):
    """The library's recipe, trained on demonstrations of our own."""
    policy = build(recipe, task, seed=0)
    for _ in train(policy, Windows.of(state(s), x[:, None, None]), recipe, seed=0):
        pass
    return policy


three = METHODS["side-sampled"].recipe.replace("head.codebook", Make(KMeans, size=3))
x_three = act(learn_from(three, s, x3))
x_two_library = act(learn_from(METHODS["side-sampled"].recipe, s, x3))

# %% tags=["figure"]
three_modes = side_by_side(
    s, x3, {"two classes": (starts, x_two), "three clusters": (starts, x_three)}, method="side-sampled", right=passes
)
for axes in three_modes.axes:
    axes.axhspan(-0.2, 0.2, color="white", lw=0)  # right as well, so not tinted
show(three_modes, "With a third mode two classes land between the modes; three clusters find all three")

# %% tags=["number"]
markdown(
    f"""Two classes are right in **{percent(float(passes(x_two).double().mean()))}** of {len(x_two):,} jumps (the
    library's: {percent(float(passes(x_two_library).double().mean()))}), three clusters in
    **{percent(float(passes(x_three).double().mean()))}**. The mean of each side now mixes the way round with the way
    through, {float(means[0]):.2f} and {float(means[1]):.2f}: mode averaging again, one level deeper.""",
    two_classes_break=float(passes(x_two).double().mean()) < 0.05,
    three_clusters_hold=float(passes(x_three).double().mean()) > 0.95,
    bare_and_library_agree=abs(float(passes(x_two).double().mean() - passes(x_two_library).double().mean())) < 0.02,
)

# %% [markdown]
r"""
**What you should see.** With two classes, flat lines: right modes, wrong shape. With many, both heaps with their
tails, steep at the edges. With a third mode, two classes land between the modes; the fix needs no new idea, only
classes that are fine enough not to mix two modes.

**Question.** Tokens do so well here. Why does anybody use anything else?

<details><summary>Answer</summary>

One number is cut into 48 classes. A robot arm has seven numbers and commands, say, sixteen moments at once: 112
numbers, and $48^{112}$ combinations. Either the numbers are tokenised one by one, and have to be drawn one after the
other so that they fit together; or whole chunks are clustered, and a few dozen clusters must stand for a
112-dimensional world. Both are done, and both have a price. The next chapters draw all the numbers at once.
</details>
"""

# %% [markdown]
r"""
## 9. Diffusion, the idea

Mix a picture with noise, a little more each time, until nothing is left of it. A network that has learnt to tell, at
every stage, *which part of this is noise?* can go the other way: begin with nothing but noise, and take out, step by
step, what does not look like a picture. With a share $t$ of noise,

$$x_t = (1 - t)\, x_0 + t\, \varepsilon, \qquad \varepsilon \sim \mathcal N(0, 1) \text{ for every pixel.}$$
"""

# %% tags=["figure"]
from eitherway.notebook.noising import beside, dissolving, forming

show(dissolving(), "A drawn robot dissolves into noise, read as training; below, the reverse, read as inference")

# %% [markdown]
r"""
A picture is many numbers, a landing is one. Nothing else is different: on one side noise, whose density is known and
easy to draw from; on the other the thing we want, whose density nobody can write down, and of which we have examples.
"""

# %% tags=["figure"]
show(beside(x), "Noise beside the robot; below, the normal density beside the density of the expert's landings")

# %% tags=["number"]
torch.manual_seed(0)
eps = torch.randn(len(x))
told_apart = {}
for t in (0.1, 0.3, 0.55, 0.8):
    x_t = (1 - t) * x + t * eps
    told_apart[t] = float(((x_t > 0) == (x > 0)).double().mean())
markdown(
    f"""How much of a landing can still be seen in its mixture? The sign of $x_t$ gives the right side in
    {", ".join(f"{percent(share)} at t = {t:g}" for t, share in told_apart.items())} ($n$ = {len(x):,}). Guessing
    would give half.""",
    the_side_fades_with_the_noise=sorted(told_apart.values(), reverse=True) == list(told_apart.values()),
    nothing_is_lost_at_first=told_apart[0.1] > 0.999,
)

# %% [markdown]
r"""
**What you should see.** Above, from left to right, a task that can be learnt from any picture: here is the mixture,
say what the noise was. Below, the same strip backwards: what a trained network is to do, beginning with noise.

**Question.** From pure noise, where does the network get the information *which* picture to make?

<details><summary>Answer</summary>

From the noise itself. Every noise leads somewhere; which noise you happened to draw decides where. A policy that
starts from fresh noise each time therefore acts differently each time, with the same network and the same $s$: this
is how it takes both modes.
</details>
"""

# %% [markdown]
r"""
## 10. Diffusion policy

**Forward, one step at a time.** In this chapter $t$ is a whole number. In $T = 49$ steps, counted $t = 0, \dots, 48$,
mix in a little fresh noise each time, a share $\beta_t$ of the variance that grows evenly from $10^{-4}$ to $0.2$:

$$x_t = \sqrt{1 - \beta_t}\; x_{t-1} + \sqrt{\beta_t}\; \varepsilon_t .$$

Why roots? Variances of independent parts add up, and a factor counts squared: if $x_{t-1}$ has variance 1, so has
$x_t$, for $(1 - \beta_t) + \beta_t = 1$. However often we mix, the numbers keep their size. (The landings have a
variance of about $1.5$, so not quite, but more so with every step.)

(The landing comes before the first step, so it is $x_{-1}$; from here on it is called $x_0$ all the same, as in the
papers.) **And in one go.** Put the first step into the second: the landing has been multiplied by $\sqrt{1 -
\beta_0}\sqrt{1 - \beta_1}$, and the two noises, being independent and normal, make one normal noise whose variance is
the sum of theirs,

$$(1 - \beta_1)\,\beta_0 + \beta_1 = 1 - (1 - \beta_0)(1 - \beta_1).$$

Step after step the same happens. With the share of variance that is left of the landing,
$\bar\alpha_t = \prod_{j \le t} (1 - \beta_j)$,

$$\boxed{\; x_t = \alpha_t\, x_0 + \sigma_t\, \varepsilon, \qquad \alpha_t = \sqrt{\bar\alpha_t}, \quad
\sigma_t = \sqrt{1 - \bar\alpha_t} \;}$$

Check: follow factor and variance through all 49 steps, and compare with the closed form.
"""

# %% tags=["number"]
T = 49
beta = torch.linspace(1e-4, 0.2, T)
alpha_bar = (1 - beta).cumprod(0)

factor, variance, worst = 1.0, 0.0, 0.0
for t in range(T):
    factor, variance = math.sqrt(1 - beta[t]) * factor, (1 - float(beta[t])) * variance + float(beta[t])
    worst = max(worst, abs(factor - float(alpha_bar[t].sqrt())), abs(variance - float(1 - alpha_bar[t])))
markdown(
    f"""Largest difference over all steps: **{worst:.0e}**. After the last one {percent(float(alpha_bar[-1]))} of the
    variance is left of the landing. To draw we start from pure noise, as if it were nothing.""",
    the_closed_form_holds=worst < 1e-5,
    nearly_all_is_noise_in_the_end=float(alpha_bar[-1]) < 0.02,
)

# %% [markdown]
r"""
**Training.** Draw a landing, a step and a noise; show the network $(s, t/T, x_t)$; let it predict the noise:

$$L(\theta) = \mathbb E\,\big(\varepsilon - \varepsilon_\theta(s, t, x_t)\big)^2 .$$

Squared error again! So the network learns a *mean*, of all noises that could have led to this $x_t$ (chapter 5). But
this mean is harmless: it is asked for afresh at every step, while $x_t$ moves, and near the end only one mode is left
to average over.

Bare:
"""

# %% tags=["training"]
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(3, 64), nn.SiLU(), nn.Linear(64, 64), nn.SiLU(), nn.Linear(64, 1))
optimiser = torch.optim.Adam(net.parameters(), fused=True)
pace = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=1e-2, total_steps=2_000)
for _ in range(2_000):
    i, t, eps = torch.randint(len(s), (500,)), torch.randint(T, (500,)), torch.randn(500)
    x_t = alpha_bar[t].sqrt() * x[i] + (1 - alpha_bar[t]).sqrt() * eps
    loss = (eps - net(torch.stack([s[i], t / T, x_t], dim=1))[:, 0]).square().mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    pace.step()

# %% [markdown]
r"""
**Drawing: DDIM, line by line.** We stand at $x_t$ and the network says $\hat\varepsilon$. Solve the boxed equation
for the landing that it takes this to be made of,

$$\hat x_0 = \frac{x_t - \sigma_t\, \hat\varepsilon}{\alpha_t}, \tag{1}$$

and mix the two again, as the same equation says for one step less noise:

$$x_{t-1} = \alpha_{t-1}\, \hat x_0 + \sigma_{t-1}\, \hat\varepsilon . \tag{2}$$

That is all. Put (1) into (2). Since $\bar\alpha_t = (1 - \beta_t)\, \bar\alpha_{t-1}$, the fraction
$\alpha_{t-1} / \alpha_t$ is $1 / \sqrt{1 - \beta_t}$, so

$$x_{t-1} = \frac{x_t - \sigma_t \hat\varepsilon}{\sqrt{1 - \beta_t}} + \sigma_{t-1} \hat\varepsilon
= \frac{x_t - \big(\sigma_t - \sqrt{1 - \beta_t}\, \sigma_{t-1}\big)\, \hat\varepsilon}{\sqrt{1 - \beta_t}}
= \frac{x_t - \big(\sqrt{1 - \bar\alpha_t} - \sqrt{(1 - \beta_t) - \bar\alpha_t}\,\big)\, \hat\varepsilon}
{\sqrt{1 - \beta_t}}, \tag{3}$$

the last because $(1 - \beta_t)(1 - \bar\alpha_{t-1}) = (1 - \beta_t) - \bar\alpha_t$. Before the first step comes the
landing itself, $\bar\alpha_{-1} = 1$.

**DDPM, beside it.** DDIM keeps the noise $\hat\varepsilon$ that it believes in. DDPM replaces part of it by fresh
noise of standard deviation $c_t$, and shortens the rest so that the variance stays right:

$$x_{t-1} = \alpha_{t-1}\, \hat x_0 + \sqrt{\sigma_{t-1}^2 - c_t^2}\;\hat\varepsilon + c_t\, \varepsilon', \qquad
c_t = \eta\, \sqrt{\frac{\sigma_{t-1}^2}{\sigma_t^2}\, \beta_t} . \tag{4}$$

$\eta = 0$ is DDIM: everything random is in the first noise. $\eta = 1$ is DDPM: the variance that the true backward
step would have if $x_0$ were known. With a pencil: what is known of $x_{t-1}$ then are two normal densities, one from
before it, of variance $\sigma_{t-1}^2$, and one from behind, $x_t = \sqrt{1 - \beta_t}\, x_{t-1} + \sqrt{\beta_t}\,
\varepsilon_t$. Multiplied they are normal again, and the inverses of their variances add up:

$$\frac{1}{\sigma_{t-1}^2} + \frac{1 - \beta_t}{\beta_t} 
= \frac{\beta_t + (1 - \beta_t)\, \sigma_{t-1}^2}{\beta_t\, \sigma_{t-1}^2}
= \frac{\sigma_t^2}{\beta_t\, \sigma_{t-1}^2} = \frac{1}{c_t^2} .$$

"""


# %%
@torch.no_grad()
def refine(net, s, generator, eta=0.0):
    """The path from noise to landings: every stop, equation (4)."""
    x_t = torch.randn(len(s), generator=generator)
    yield x_t
    for t in reversed(range(T)):
        now, before = alpha_bar[t], alpha_bar[t - 1] if t > 0 else torch.tensor(1.0)
        eps = net(torch.stack([s, torch.full_like(s, t / T), x_t], dim=1))[:, 0]
        x_0 = (x_t - (1 - now).sqrt() * eps) / now.sqrt()  # (1)
        fresh = eta**2 * (1 - before) / (1 - now) * beta[t]  # the square of c
        x_t = before.sqrt() * x_0 + (1 - before - fresh).sqrt() * eps
        if eta > 0:
            x_t = x_t + fresh.sqrt() * torch.randn(len(s), generator=generator)
        yield x_t


*stops, x_ddim = refine(net, starts, torch.Generator().manual_seed(0))  # all stops but the last, and the last
*_, x_ddpm = refine(net, starts, torch.Generator().manual_seed(0), eta=1.0)
stops = torch.stack([*stops, x_ddim])  # 50 stops, 10,000 landings

# %% tags=["number"]
some = torch.randn(2, 1_000, dtype=torch.float64)
worst = worst_c = 0.0
for t in range(1, T):
    keep, now, before = (1 - beta[t]).double(), alpha_bar[t].double(), (alpha_bar[t] / (1 - beta[t])).double()
    line_2 = before.sqrt() * (some[0] - (1 - now).sqrt() * some[1]) / now.sqrt() + (1 - before).sqrt() * some[1]
    line_3 = (some[0] - ((1 - now).sqrt() - (keep - now).sqrt()) * some[1]) / keep.sqrt()
    worst = max(worst, gap(line_2, line_3))
    narrow = 1 / (1 / (1 - before) + keep / beta[t])  # the product of the two densities
    worst_c = max(worst_c, abs(float(narrow - (1 - before) / (1 - now) * beta[t])))
markdown(
    f"""Equations (2) and (3), tried on {some.shape[1]:,} random pairs at all steps, differ by at most
    **{worst:.0e}**; the variance of the product of the two densities differs from $c_t^2$ by at most {worst_c:.0e}.""",
    the_derivations_hold=max(worst, worst_c) < 1e-3,
)

# %% [markdown]
r"""
The library has one equation for both (`DDIM`, with `eta`), and its own recipe: another path, where $\alpha_t$
and $\sigma_t$ are cosine and sine; landings scaled to variance 1; a mixture of noise and landing to predict, a
*velocity*, instead of the noise; training that looks more often at the middle of the path; 10 steps instead of 49; and
a network that also sees $\sin$ and $\cos$ of multiples of $x_t$ (*Fourier features*), with which a small network
makes sharp edges.
"""

# %% tags=["training"]
diffusion, seconds = fitted(METHODS["diffusion"].recipe, task, seed=0)
library["diffusion"] = act(diffusion)

# %% tags=["figure"]
show(
    four_panel(s, x, (starts, x_ddim), title="diffusion, bare, 49 DDIM steps", method="diffusion"),
    "Diffusion, bare: both modes",
)

# %% tags=["figure"]
show(
    four_panel(s, x, (starts, library["diffusion"]), title="diffusion, library, 10 steps", method="diffusion"),
    "Diffusion, library: both modes",
)

# %% tags=["number"]
from eitherway.paths import DDIM, Cosine, LinearBetas, LinearPath, Noise, Steps, UniformTimes

same = {
    eta: twin(
        Make(
            heads.Diffusion,
            schedule=Make(LinearBetas, steps=T, first=1e-4, last=0.2),
            target=Make(Noise),
            times=Make(Steps, count=T),
            sampler=Make(DDIM, steps=T, eta=eta, grid=Make(UniformTimes)),
        ),
        net,
    )
    for eta in (0.0, 1.0)
}
generator = torch.Generator().manual_seed(0)
t, eps = torch.randint(T, (len(s),), generator=generator), torch.randn(len(s), generator=generator)
x_t = alpha_bar[t].sqrt() * x + (1 - alpha_bar[t]).sqrt() * eps
with torch.no_grad():
    ours = (eps - net(torch.stack([s, t / T, x_t], dim=1))[:, 0]).square()
losses = same[0.0].head.loss(x[:, None, None], s[:, None, None], torch.Generator().manual_seed(0))
differ = gap(losses, ours)
off = (act(same[0.0]) - x_ddim).abs(), (act(same[1.0]) - x_ddpm).abs()
markdown(
    f"""**Bare, DDIM: {told(x_ddim)}.** Bare, DDPM: {told(x_ddpm)}. The library's recipe, trained in {seconds:.1f} s,
    10 steps: {told(library["diffusion"])}. With the same weights and the same noise, bare and library agree to
    {differ:.0e} in every loss, and in half of all landings to {float(off[0].median()):.0e} (DDIM) and
    {float(off[1].median()):.0e} (DDPM) or better: 49 steps of rounding lie between.""",
    bare_and_library_are_the_same=differ < 1e-3 and max(float(o.median()) for o in off) < 1e-4,
    both_take_both_modes=distance(x_ddim) < 0.5 * distance(x_mae),
    more_than_eight_in_ten_are_safe=min(success(v).mean for v in (x_ddim, x_ddpm, library["diffusion"])) > 0.8,
)

# %% [markdown]
r"""
The whole path, one histogram a step:
"""

# %% tags=["figure"]
from eitherway.notebook.histograms import histograms

times = (torch.arange(T, -1, -1) / T).tolist()
show(histograms(times, stops, x, method="diffusion"), "Fifty histograms: a normal density splits and becomes two heaps")

# %% [markdown]
r"""
**Schedules.** How fast noise comes in is a choice. Three of them, by what is left of the landing ($\alpha$), how much
noise there is ($\sigma$), and the logarithm of their ratio, $\ln(\sigma / \alpha)$, the *level*. At one level two
paths show the network the same thing up to a factor, so the level is what to compare them by.
"""

# %% tags=["figure"]
from eitherway.notebook.schedules import noise_levels

show(
    noise_levels({"linear betas": LinearBetas(), "cosine": Cosine(), "straight": LinearPath()}),
    "Three schedules: share of the landing, share of noise, and noise level over time",
)

# %% [markdown]
r"""
**Too few steps.** Each step trusts $\hat\varepsilon$, a mean, all the way to the next stop. With few stops that is far:
"""


# %%
def stepped(policy, steps, sampler=DDIM, **options):
    """Landings of a trained policy with another number of steps: the sampler is no part of the training."""
    trained = policy.head.sampler
    policy.head.sampler = sampler(steps=steps, grid=Make(type(trained.grid)), **options)
    landings = act(policy)
    policy.head.sampler = trained
    return landings


few = {("1 step" if n == 1 else f"{n} steps"): stepped(diffusion, n) for n in (1, 2, 4, 10, 25, 49)}

# %% tags=["figure"]
show(
    side_by_side(s, x, {name: (starts, landings) for name, landings in few.items()}, method="diffusion"),
    "The same trained network with 1 to 49 steps: first a line through the obstacle, then two bands",
)

# %% tags=["number"]
markdown(
    f"""Safe with 1 step: {rate(success(few["1 step"]))}; with 4: {rate(success(few["4 steps"]))}; with 10:
    {rate(success(few["10 steps"]))}. One step is squared error all over again; chapter 12 says why.""",
    one_step_fails_like_the_mean=success(few["1 step"]).mean < 0.5,
    ten_steps_are_safe=success(few["10 steps"]).mean > 0.9,
)

# %% [markdown]
r"""
**What you should see.** Both heaps, their steep edges a little blurred: what leaks over the edge is the error of the
network. In the grid, noise keeps its shape for a long while and splits late. With one step, the line of chapter 5;
with two, the beginning of two bands.

**Question.** The first thirty pictures of the grid hardly differ. Where would you spend your steps if you had only ten?

<details><summary>Answer</summary>

Late, where there is little noise. The edge is decided there: the noise that is left on a landing near the edge pushes
it into the obstacle as easily as away from it. That is why samplers space their stops by level, with finer steps
where there is less noise, instead of evenly in time. The library's recipe does this with 10 steps.
</details>
"""

# %% [markdown]
r"""
## 11. Flow matching, the idea

Diffusion took the noise out step by step. Flow matching asks a simpler question: where next? The answer is a
**velocity** for every place and time. Suppose we know the velocity $v(t)$ at all times, and run from $t = 1$, the
noise, down to $t = 0$. How far do we get? Add up small steps, each with the velocity found where it begins:

$$x(0) - x(1) = -\int_0^1 v(t)\, dt \;\approx\; -\sum_{k=0}^{K-1} v(t_k)\, \Delta t, \qquad
\Delta t = \tfrac1K, \quad t_k = 1 - k\, \Delta t .$$

The sum is what a computer can do; the more pieces, the closer to the integral. Such steps have Euler's name.
"""

# %% tags=["figure"]
from eitherway.notebook.euler_steps import riemann, speed

show(riemann(), "A velocity over time; its sums with few and many pieces, and how far they are off")

# %% tags=["number"]
fine = float(speed(1 - np.arange(100_000) / 100_000).mean())
errors = {K: abs(float(speed(1 - np.arange(K) / K).mean()) - fine) for K in (1, 4, 16, 64)}
markdown(
    f"""For the curve of the picture the sum is off by
    {", ".join(f"{e:.3f} with K = {K}" for K, e in errors.items())}: from 16 pieces to 64, about a quarter of the
    error.""",
    the_error_falls_with_the_pieces=3 < errors[16] / errors[64] < 5 and errors[1] > errors[4] > errors[16],
)

# %% [markdown]
r"""
Which path leads from noise to a picture? The simplest is the straight line. With $t = 1$ at the noise and $t = 0$ at
the picture,

$$x_t = (1 - t)\, x_0 + t\, \varepsilon .$$
"""

# %% tags=["figure"]
here = 0.2  # the start that we look at from here on
display(
    movie(forming(here), "The robot forms out of noise along straight lines; beside it the density of the landings")
)

# %% [markdown]
r"""
> **Which way does time run?** The papers on flow matching count from noise, $0$, to data, $1$; those on diffusion the
> other way. This notebook and the library keep one direction for both: $t = 0$ is data, $t = 1$ is noise. To read a
> flow-matching paper, put $1 - t$ for its $t$ and turn the velocity's sign.

**What you should see.** Every pixel goes from its noise to its colour on a straight line, at a speed that never
changes. Beside it, the same for landings: the one hill of the noise becomes the two heaps of the expert.

**Question.** If every path is straight and even, one step should do: the velocity at the start says all. Why is this
not the end of the story?

<details><summary>Answer</summary>

The straight path leads to *its* picture, and at the start nobody knows which picture that will be. Through one point
$x_t$ pass many straight paths, to different pictures. What can be learnt there is their mean, and the mean of straight
paths is curved. The next chapter draws it.
</details>
"""

# %% [markdown]
r"""
## 12. Flow matching policy

On the straight line $x_t = (1 - t)\, x_0 + t\, \varepsilon$ the velocity is its derivative in $t$, the same all the
way:

$$\frac{d x_t}{dt} = \varepsilon - x_0 .$$

Train a network to predict it, from $(s, t, x_t)$:

$$L(\theta) = \mathbb E\,\big(v_\theta(s, t, x_t) - (\varepsilon - x_0)\big)^2, \qquad t \sim U(0, 1).$$

**What it converges to.** Squared error, so the mean (chapter 5): of the velocities of all lines that pass through
$x_t$ at time $t$,

$$v^*(s, t, x_t) = \mathbb E\,[\,\varepsilon - x_0 \mid s, t, x_t\,] .$$

**Why following the mean is right.** All at one start $s$, which we leave out. For any smooth function $f$, ask how
the mean of $f(x_t)$ changes while the *lines* run:

$$\frac{d}{dt}\, \mathbb E\, f(x_t) = \mathbb E\big[f'(x_t)\,(\varepsilon - x_0)\big]
= \mathbb E\big[f'(x_t)\; \mathbb E[\varepsilon - x_0 \mid x_t]\big]
= \mathbb E\big[f'(x_t)\; v^*(x_t)\big].$$

The middle step groups together all lines that pass through the same point; $f'$ is the same for them. Particles that
move with velocity $v^*$ obey the same equation, $\frac{d}{dt}\, \mathbb E f = \mathbb E[f' v^*]$. Both begin, at $t =
1$, with the density of the noise. With the same beginning and the same equation for every $f$, they have the same
density at all times, though no particle need follow any line. So start particles in noise, follow $v^*$ down to $t =
0$, and they are distributed like the data.

Check: the mean of $\varepsilon - x_0$ over lines that pass near one point, against the exact $v^*$.
"""

# %% tags=["number"]
from eitherway.notebook.field import conditional_and_marginal, exact_velocity

exact_landings = task.distribution.quantile((torch.arange(4_000).double() + 0.5) / 4_000, torch.full((4_000,), here))
torch.manual_seed(0)
many = exact_landings[torch.randint(4_000, (2_000_000,))]
eps = torch.randn(len(many), dtype=torch.float64)
at_half = 0.5 * many + 0.5 * eps
near = (at_half - 0.3).abs() < 0.02
measured = (eps - many)[near]
believed = float(exact_velocity(torch.tensor([0.3], dtype=torch.float64), 0.5, exact_landings))
margin = 1.96 * float(measured.std()) / math.sqrt(len(measured))
markdown(
    f"""At $s$ = {here:g}, $t$ = 0.5, $x_t$ = 0.3: the mean velocity of {len(measured):,} lines is
    **{float(measured.mean()):.3f}** ± {margin:.3f}, the exact field says **{believed:.3f}**. The lines themselves
    differ widely: their standard deviation is {float(measured.std()):.2f}.""",
    the_mean_of_the_lines_is_the_field=abs(float(measured.mean()) - believed) < 2 * margin + 0.01,
)

# %% tags=["figure"]
show(
    conditional_and_marginal(here),
    "Left: straight lines from noise to landings. Right: the mean field, and the curved paths along it",
)

# %% [markdown]
r"""
Now learn it. Bare:
"""

# %% tags=["training"]
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(3, 64), nn.SiLU(), nn.Linear(64, 64), nn.SiLU(), nn.Linear(64, 1))
optimiser = torch.optim.Adam(net.parameters(), fused=True)
pace = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=1e-2, total_steps=2_000)
for _ in range(2_000):
    i, t, eps = torch.randint(len(s), (500,)), torch.rand(500), torch.randn(500)
    x_t = (1 - t) * x[i] + t * eps
    v = net(torch.stack([s[i], t, x_t], dim=1))[:, 0]
    loss = (v - (eps - x[i])).square().mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    pace.step()


@torch.no_grad()
def follow(net, s, generator, steps=49):
    """The path from noise to landings in equal steps against time: every stop."""
    x_t = torch.randn(len(s), generator=generator)
    yield x_t
    for t in torch.linspace(1, 0, steps + 1)[:-1]:
        x_t = x_t - net(torch.stack([s, t.expand_as(s), x_t], dim=1))[:, 0] / steps
        yield x_t


*stops, x_flow = follow(net, starts, torch.Generator().manual_seed(0))
stops = torch.stack([*stops, x_flow])

# %% tags=["training"]
flow, seconds = fitted(METHODS["flow"].recipe, task, seed=0)
library["flow"] = act(flow)

# %% tags=["figure"]
show(
    four_panel(s, x, (starts, x_flow), title="flow, bare, 49 Euler steps", method="flow"),
    "Flow matching, bare: both modes",
)

# %% tags=["figure"]
show(
    four_panel(s, x, (starts, library["flow"]), title="flow, library, 10 steps", method="flow"),
    "Flow matching, library: both modes",
)

# %% tags=["number"]
from eitherway.paths import Uniform

same = twin(Make(heads.Flow, times=Make(Uniform), sampler=Make(DDIM, steps=49, grid=Make(UniformTimes))), net)
generator = torch.Generator().manual_seed(0)
t, eps = torch.rand(len(s), generator=generator), torch.randn(len(s), generator=generator)
with torch.no_grad():
    v = net(torch.stack([s, t, (1 - t) * x + t * eps], dim=1))[:, 0]
losses = same.head.loss(x[:, None, None], s[:, None, None], torch.Generator().manual_seed(0))
differ, off = gap(losses, (v - (eps - x)).square()), (act(same) - x_flow).abs()
markdown(
    f"""**Bare, 49 steps: {told(x_flow)}.** The library's recipe, trained in {seconds:.1f} s, 10 steps:
    {told(library["flow"])}. With the same weights and noise the two agree to {differ:.0e} in every loss, and to
    {float(off.median()):.0e} or better in half of the landings.""",
    bare_and_library_are_the_same=differ < 1e-3 and float(off.median()) < 1e-4,
    both_take_both_modes=distance(x_flow) < 0.5 * distance(x_mae),
    more_than_eight_in_ten_are_safe=min(success(v).mean for v in (x_flow, library["flow"])) > 0.8,
)

# %% tags=["figure"]
times = torch.linspace(1, 0, 50).tolist()
show(histograms(times, stops, x, method="flow"), "Fifty histograms from noise to landings, along the learnt velocity")

# %% [markdown]
r"""
**Why one step gives the mean.** At $t = 1$ all is noise: $x_1 = \varepsilon$ says nothing about $x_0$. So
$v^*(s, 1, \varepsilon) = \varepsilon - \mathbb E[x_0 \mid s]$, and one step of length 1 leads to

$$x_1 - v^* = \varepsilon - \big(\varepsilon - \mathbb E[x_0 \mid s]\big) = \mathbb E[x_0 \mid s],$$

the mean of chapter 5, whatever the noise was. Two modes need at least two steps: one to lean towards a side, one to
arrive there. How many are needed for quality is tried below, also with **Heun's step**: take Euler's, look at the
velocity where it arrives, go back and take the step with the mean of both. It costs two evaluations.
"""

# %% tags=["number"]
noise = torch.randn(1_000, dtype=torch.float64)
exactly = noise - exact_velocity(noise, 1.0, exact_landings)
*_, one = follow(net, starts, torch.Generator().manual_seed(0), steps=1)
off_mean = float((one - task.distribution.mean(seen)[:, 0, 0]).abs().mean())
markdown(
    f"""One step along the exact field from {len(noise):,} noises at $s$ = {here:g} leads to
    {float(exactly.mean()):.3f}, with a standard deviation of {float(exactly.std()):.0e}; the mean of the landings
    there is {float(exact_landings.mean()):.3f}. One step with our network lands, on average over all starts,
    **{off_mean:.2f}** from the exact mean, and safe for {rate(success(one))}.""",
    one_exact_step_is_the_mean=gap(exactly, exact_landings.mean().expand_as(exactly)) < 1e-6,
    one_learnt_step_is_about_the_mean=off_mean < 0.3,
    and_fails_like_it=success(one).mean < 0.5,
)

# %%
from eitherway.paths import Heun

counts = (1, 2, 3, 5, 10, 20, 49)
quality = {"flow": [], "flow-heun": [], "diffusion": [], "ddpm": []}
for n in counts:
    results = {"flow": (n, stepped(flow, n)), "diffusion": (n, stepped(diffusion, n))}
    results["ddpm"] = (n, stepped(diffusion, n, eta=1.0))
    results["flow-heun"] = (2 * n - 1, stepped(flow, n, Heun))  # two evaluations a step, but one for the last
    for name, (evaluations, landings) in results.items():
        quality[name].append((evaluations, success(landings).mean, distance(landings)))

# %% tags=["figure"]
from eitherway.notebook.quality import over_steps

show(
    over_steps(quality, least),
    "Safe landings and distance to the distribution over network evaluations, for four samplers",
)

# %% tags=["number"]
by = {n: (share, w1) for n, share, w1 in quality["flow"]}
markdown(
    f"""With 1 Euler step {percent(by[1][0])} are safe, with 2 {percent(by[2][0])}, with 10 {percent(by[10][0])}, with
    49 {percent(by[49][0])}; $W_1$ falls from {by[1][1]:.2f} to **{by[10][1]:.3f}** with 10 steps and {by[49][1]:.3f}
    with 49 ($n$ = {len(starts):,} each; floor {least.mean:.3f} ± {least.sd:.3f}).""",
    ten_steps_are_far_better_than_one=by[10][1] < 0.3 * by[1][1],
)

# %% [markdown]
r"""
Play with it: the two policies that have just been trained, any number of steps, three samplers, another noise.
"""

# %% tags=["live"]
from eitherway.notebook.widgets import SamplerWidget

player = SamplerWidget({"flow": flow, "diffusion": diffusion})
player

# %% [markdown]
r"""
**What you should see.** Left in the picture of the field: straight lines that cross. Right: curves that never do, for
through each point leads one velocity; they bend where the lines disagree, and the side is decided by where the noise
began. In the last figure all four fall fast over the first ten evaluations and then slowly: from there on the
network's error is most of what remains. For the same number of evaluations Heun's step is here no better than
Euler's, and DDPM needs more of them for the shape ($W_1$).

**Question.** Both policies draw a first noise and then follow a rule without chance (DDIM, Euler). From one start
$s$, how does the share of landings on the right come out as the expert's?

<details><summary>Answer</summary>

In one dimension paths that cannot cross keep their order: the smallest noises go left, the largest right, and the
border between them lies where the normal distribution has exactly $1 - p_{\text{right}}(s)$ of its mass below. A
network that has learnt the velocity exactly has learnt where that is.
</details>
"""

# %% [markdown]
r"""
## 13. Where this leads: nine systems

Each in three sentences, with a link to its paper.

* **Action Chunking with Transformers (ACT)**, [Zhao et al., 2023](https://arxiv.org/abs/2304.13705). A transformer
  predicts a whole *chunk* of coming actions at once, trained with absolute error, as in chapter 6. A latent variable
  is to carry what one prediction cannot, which of the modes is meant: in training a second network reads it off the
  demonstrated chunk. At run time that variable is set to zero and overlapping chunks are averaged, which makes motion
  smooth and the choice between modes the same each time.
* **Diffusion Policy**, [Chi et al., 2023](https://arxiv.org/abs/2303.04137). Chapter 10 on chunks: noise of the shape
  of sixteen coming actions is refined, given the last two observations. Half of the chunk is carried out before the
  next is drawn, so that a robot that has decided for one side stays with it. It is the reference that newer methods
  compare with.
* **Behavior Transformers (BeT)**, [Shafiullah et al., 2022](https://arxiv.org/abs/2206.11251). Chapter 8 with a
  transformer: k-means over actions, a class and an offset for every step. A focal loss keeps the network from
  ignoring rare classes. It was built for demonstrations that nobody had sorted by what was meant.
* **VQ-BeT**, [Lee et al., 2024](https://arxiv.org/abs/2403.03181). k-means is replaced by a learnt codebook: an
  autoencoder with a few small codebooks, each coding what the one before left over. A chunk becomes a few tokens,
  and the transformer predicts tokens and offset. One pass of the network draws an action, where diffusion takes
  many.
* **Denoising diffusion probabilistic models (DDPM)**, [Ho et al., 2020](https://arxiv.org/abs/2006.11239). The paper
  that made chapter 10 work for pictures. It predicts the noise with squared error, and walks back through a thousand
  steps, with fresh noise at each. $\beta_t$ and $\bar\alpha_t$ are its letters; its $\alpha_t$ is not ours, there it
  means $1 - \beta_t$.
* **Denoising diffusion implicit models (DDIM)**, [Song et al., 2021](https://arxiv.org/abs/2010.02502). The same
  trained network, read differently: without fresh noise, and skipping most of the steps. Equations (2) and (4) of
  chapter 10 are its equation 12, $c_t$ is its equation 16, and $\eta$ is its letter too. It made diffusion fast
  enough for robots.
* **Flow matching**, [Lipman et al., 2023](https://arxiv.org/abs/2210.02747). Chapter 12: learn a velocity by
  regression on paths that are known for each example. The argument that the mean of these velocities is the right
  field is its Theorem 1. Straight paths are one choice among many.
* **Flow matching and diffusion seen as stochastic differential equations**, [the MIT
  course](https://diffusion.csail.mit.edu). Holderrieth and Erives build both from one equation, with a dial for how
  much noise is added on the way. At zero stands the flow; diffusion turns it up. If you want the theory in full, go
  there next.
* **DOT-Policy**, [Larchenko, 2024](https://github.com/IliaLarchenko/dot_policy). A small transformer with absolute
  error and overlapping chunks that are blended, and no generative model at all. On Push-T, a benchmark known for its
  two ways round a block, it holds its own against far larger diffusion policies. It is the best reason to measure
  before believing; the next chapter does.
"""

# %% [markdown]
r"""
## 14. The verdict

All methods, with networks of two layers of 48 (the two long recipes: three of 64), five trainings each, judged at the
same 10,000 starts against the exact distribution. A method's five results differ, because a training begins with random
weights; its mean over $n$ trainings is known up to

$$\bar y \pm t_{0.975,\, n - 1}\, \frac{\hat\sigma}{\sqrt n},$$

with $\hat\sigma$ their standard deviation and $t$ the quantile of Student's distribution: the **95 % interval over
trainings**. The **ceiling** is the row `truth`, fresh draws from the distribution; the **floor** of $W_1$ is what such
draws score against it. Besides success and $W_1$: the *mode error*, how far the share that goes right is off;
*coverage*, for each group of like starts the share of the modes that the expert takes there (one jump in twenty at
least) which the policy takes at all (one in a hundred at least); the *log-likelihood*, the mean of $\ln p(x \mid s)$
over held-out demonstrations, where a method has a density; and what it costs: evaluations of the network (NFE) and
milliseconds for one decision on one thread.

The table is read from `docs/results/jumper.json`, made by the command below it.
"""

# %%
from eitherway.notebook import league

results = league.read_results()
chosen = (
    *("mse", "mae", "welsch", "truncated", "cauchy", "laplace-kernel", "side", "side-sampled", "bins"),
    *("diffusion", "ddpm", "flow", "flow-heun", "diffusion-long", "flow-long"),
    *("truth", "nearest-neighbour", "exact-mean", "exact-median"),
)
league.table(results, chosen)

# %% tags=["figure"]
show(
    league.quality_against_cost(results, chosen),
    "Distance to the distribution over milliseconds a decision, with 95 % intervals and the floor",
)

# %% tags=["figure"]
show(
    league.standings(results, "w1", chosen),
    "A league by distance to the distribution: every training as a tick, means with their intervals",
)

# %% [markdown]
r"""
One row again, live: the recipe `flow` with the same seeds, on this machine.
"""

# %% tags=["training"]
trained = [fitted(METHODS["flow"].recipe, task, seed=k)[0] for k in results["seeds"]]

# %% tags=["number"]
from eitherway.compare.stats import student
from eitherway.evaluation.evaluate import evaluate
from eitherway.metrics.distance import w1 as w1_metric
from eitherway.metrics.success import success as success_metric

shown = [evaluate(one, task, seed=k) for k, one in zip(results["seeds"], trained, strict=True)]
again = {m.name: student([m.read(e) for e in shown]) for m in (success_metric, w1_metric)}
stored = {name: results["summary"]["flow"][name] for name in again}
lines = [
    f"""{name}: **{y.mean:.3f}** [{y.low:.3f}, {y.high:.3f}] here, {stored[name]["mean"]:.3f}
    [{stored[name]["low"]:.3f}, {stored[name]["high"]:.3f}] in the table ($n$ = {y.n} trainings)."""
    for name, y in again.items()
]
overlap = [y.low <= stored[name]["high"] and stored[name]["low"] <= y.high for name, y in again.items()]
markdown("\n\n".join(lines), the_table_can_be_made_again=all(overlap))

# %% [markdown]
r"""
**Sloppy demonstrations.** The same recipes trained once on the noisy set of chapter 3, judged by the clean
distribution: """

# %% tags=["training"]
methods = ("mae", "welsch", "side-sampled", "bins", "diffusion", "flow")
x_noisy = {name: act(fitted(METHODS[name].recipe, noisy, seed=0)[0]) for name in methods}

# %% tags=["figure"]
show(
    side_by_side(noisy_s, noisy_x, {name: (starts, x_noisy[name]) for name in methods}),
    "Six methods trained on noisy demonstrations",
)

# %% tags=["number"]
rows = [
    f"| {name} | {rate(success(library[name]))} | {rate(success(x_noisy[name]))} | "
    f"{distance(library[name]):.3f} | {distance(x_noisy[name]):.3f} |"
    for name in methods
]
heading = ["| trained on | clean: safe | noisy: safe | clean: $W_1$ | noisy: $W_1$ |", "|---|---|---|---|---|"]
display(Markdown("\n".join([*heading, *rows])))
markdown(
    f"""(One training each.) A method that imitates faithfully imitates the mistakes as well, `bins` among them, whose
    clusters go into the haze where it is: `flow` is safe for {percent(success(x_noisy["flow"]).mean)} when trained on
    data of which {percent(success(noisy_x).mean)} are. Two classes do not care
    ({percent(success(x_noisy["side-sampled"]).mean)}): the mean of a side is hardly moved. Robustness here is
    coarseness; it comes at the price of the shape.""",
    flow_learns_the_mistakes=success(x_noisy["flow"]).mean < success(library["flow"]).mean - 0.02,
    two_classes_forgive_them=success(x_noisy["side-sampled"]).mean > 0.99,
)

# %% tags=["number"]
row = results["summary"]


def ratio(name):
    """How many times the floor a method's distance is."""
    return row[name]["w1"]["mean"] / results["floors"]["w1"]["mean"]


best = max(("welsch", "truncated", "cauchy", "laplace-kernel"), key=lambda name: row[name]["success"]["mean"])
markdown(
    f"""**Which to pick when**, on what was measured here.

    One mode in every state, or nobody minds which: **regression**, absolute error before squared. One evaluation,
    {row["mae"]["ms_per_decision"]["mean"]:.2f} ms, and {percent(row["mae"]["success"]["mean"])} safe against
    {percent(row["mse"]["success"]["mean"])}.

    Few numbers to choose: **tokens with offsets**. `bins` is the cheapest that has both modes and their shape: $W_1$
    {ratio("bins"):.1f} times the floor at {row["bins"]["ms_per_decision"]["mean"]:.2f} ms.

    Many numbers at once, and some milliseconds to spend: **flow matching or diffusion**. With 10 evaluations
    {ratio("flow"):.1f} and {ratio("diffusion"):.1f} times the floor, at {row["flow"]["ms_per_decision"]["mean"]:.1f}
    and {row["diffusion"]["ms_per_decision"]["mean"]:.1f} ms; with a larger network, longer training and 49
    evaluations {ratio("flow-long"):.1f} and {ratio("diffusion-long"):.1f} times. Between the two there is little to
    choose; flow has the shorter formulas.

    A loss that seeks modes: rarely. The best of the four ({best}) is safer than absolute error
    ({percent(row[best]["success"]["mean"])}), and as blind to the second mode.

    And **before all of these, look things up**: copying the demonstration with the nearest start, where nothing is
    learnt at all, is safe for {percent(row["nearest-neighbour"]["success"]["mean"])} and
    {ratio("nearest-neighbour"):.1f} times the floor from the distribution. With {len(x):,} clean demonstrations of one
    number that is hard to beat. But from exactly the same start it does the same thing every time (its two modes are
    those of neighbouring demonstrations, which our groups cannot tell from drawing), and with a hundred numbers and a
    hundred demonstrations no state is near any other.""",
    absolute_beats_squared=row["mae"]["success"]["mean"] > row["mse"]["success"]["mean"],
    bins_is_cheaper_than_flow=row["bins"]["ms_per_decision"]["mean"] < row["flow"]["ms_per_decision"]["mean"],
    bins_is_nearer_than_short_flow=ratio("bins") < ratio("flow"),
    long_training_pays=ratio("flow-long") < ratio("flow") and ratio("diffusion-long") < ratio("diffusion"),
    a_mode_seeker_is_safer_than_absolute_error=row[best]["success"]["mean"] > row["mae"]["success"]["mean"],
    looking_up_beats_short_flow=ratio("nearest-neighbour") < ratio("flow"),
)

# %% [markdown]
r"""
**An honest doubt.** Here the many modes are the whole difficulty, for we built the task so. Whether they are *why*
generative policies win on real robots is disputed. *Much Ado About Noising*
([2512.01809](https://arxiv.org/abs/2512.01809)) trained many of them on many benchmarks and found that replacing the
drawn action by the mean of draws cost little there. Its authors credit two other things that diffusion and flow bring
along: computing an answer in several passes, and noise in training. A network of two passes, trained with noise but
acting without any chance, kept up. One attempt to repeat this (a single training, 40 episodes) found a task with
several demonstrators where the mean does cost. Two conclusions: a plain regression belongs in every comparison; and
whether *your* data have two modes from one state is a thing to measure, not to assume.

**What you should see.** In the figure, from the upper left to the lower right: the more milliseconds, the closer to
the floor, with tokens as the cheap exception on a task of one number. In the table, point predictions by a network
never reach full coverage, however safe they are.

**Last question.** A colleague shows you a policy that never fails on this task and asks whether it has solved the
problem. What do you ask back?

<details><summary>Answer</summary>

Let it draw many times *from the same start*. Always jumping to $1.2$ succeeds always. Then ask for coverage and $W_1$
with their floor, the number of trainings and their interval, and how long one decision takes.
</details>

**Go on**: `eitherway compare` trains and scores everything on your machine; `eitherway show flow` prints all that
decides what a recipe computes; adding a head (`docs/add_a_head.md` in the repository) takes one file, one test and one
page.
"""
