"""Traces a function of tensors, gradient included, into a TorchScript graph, to save Python overhead in training.

For small networks Python and autograd's bookkeeping cost several times the arithmetic, and a training step does the
same operations every time.

The operations (of forward and backward pass alike) are recorded once, below autograd, and played back by TorchScript's
interpreter. A recording is used only if it repeats the function's own answers on an input it was not recorded on;
what reads a tensor's value into Python, or cannot be recorded, is called as it is. Either way the numbers are the same.
"""

import warnings
from collections.abc import Callable
from typing import TypeVar

import torch
from torch import Generator, Tensor
from torch.fx import GraphModule, Node
from torch.fx.experimental.proxy_tensor import make_fx

T = TypeVar("T")
Answers = Callable[..., tuple[Tensor, ...]]  # tensors in, tensors out; random numbers from generators it knows
VALUE_READ = torch.ops.aten._local_scalar_dense.default


def recorded(function: Answers, first: tuple[Tensor, ...], other: tuple[Tensor, ...], *used: Generator) -> Answers:
    """A traced version of a function, or itself where it cannot be traced; inputs keep the shapes of `first`, `other`.

    `used` are the generators it draws from; they, and the global one, are left as they were.
    """
    played = record(function, first, used)
    if played is None:
        return function
    wanted, got = repeatable(function, other, used), repeatable(played, other, used)
    same = all(torch.allclose(w, g, rtol=1e-4, atol=1e-6) for w, g in zip(wanted, got, strict=True))
    return played if same else function


def record(function: Answers, example: tuple[Tensor, ...], used: tuple[Generator, ...]) -> Answers | None:
    """The traced function, or None where it cannot be traced."""
    try:
        graph = repeatable(make_fx(function), example, used)
        if not isinstance(graph, GraphModule) or any(node.target is VALUE_READ for node in graph.graph.nodes):
            return None
        graph.graph.eliminate_dead_code()
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore", DeprecationWarning)  # TorchScript has no successor without a C++ compiler
            for node in graph.graph.nodes:
                spell_out(node)
            graph.recompile()
            played = repeatable(lambda *x: torch.jit.trace(graph, x, check_trace=False), example, used)
    except (RuntimeError, TypeError):
        return None
    return torch.no_grad()(played)


def spell_out(node: Node) -> None:
    """Makes an operation traceable that takes an output mask, as backward passes of layers do.

    `jit.trace` takes neither a list of truth values nor an answer that is not there; TorchScript's own language does.
    """
    mask = next((x for x in node.args if isinstance(x, list) and x and all(isinstance(y, bool) for y in x)), None)
    if mask is None or not isinstance(node.target, torch._ops.OpOverload):
        return
    schema = node.target._schema
    names = [x.name for x in schema.arguments]
    typed = ", ".join(f"{x.name}: {x.type.annotation_str}" for x in schema.arguments)
    answers = ", ".join(f"y[{i}]" if wanted else names[0] for i, wanted in enumerate(mask))  # nobody reads the others
    called = f"torch.ops.{schema.name.replace('::', '.')}({', '.join(names)})"
    scripted = torch.jit.CompilationUnit(f"def f({typed}):\n    y = {called}\n    return {answers}\n").f
    node.target = lambda *x: scripted(*x)  # a graph prints its targets' names: scripted functions have none


def repeatable(function: Callable[..., T], x: tuple[Tensor, ...], used: tuple[Generator, ...]) -> T:
    """The function's output, with all random generators restored to their states before the call."""
    states = [g.get_state() for g in used]
    cuda = sorted({t.device.index or 0 for t in x if t.device.type == "cuda"})
    with torch.random.fork_rng(devices=cuda):
        answer = function(*x)
    for generator, state in zip(used, states, strict=True):
        generator.set_state(state)
    return answer
