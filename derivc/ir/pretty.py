"""A program as text and as Graphviz DOT."""

from __future__ import annotations

from derivc.ir.program import Instruction, Program, Value


def name_of(program: Program, value: Value) -> str:
    """`x` for an input, the number for a constant, `_7` for a computed value."""
    if value < len(program.inputs):
        return program.inputs[value]
    constant = program.constant(value)
    return str(constant) if constant is not None else f"_{value}"


def to_text(program: Program) -> str:
    """One line an instruction, then the outputs.

    Example:
        >>> from derivc.ir.builder import Builder
        >>> b = Builder(["x"])
        >>> print(to_text(b.finish([b.emit("mul", 0, b.const(3))])))
        inputs x
        _2 = mul x 3
        outputs _2
    """
    lines = [f"inputs {' '.join(program.inputs)}"]
    for index, step in enumerate(program.instructions, len(program.inputs)):
        if step.op != "const":
            lines.append(f"_{index} = {_call(program, step)}")
    return "\n".join([*lines, f"outputs {' '.join(name_of(program, o) for o in program.outputs)}"])


def _call(program: Program, step: Instruction) -> str:
    return " ".join([step.op, *(name_of(program, a) for a in step.args)])


def to_dot(program: Program) -> str:
    """The program as a Graphviz graph, inputs at the top."""
    lines = ["digraph program {", "  node [shape=box, fontname=monospace];"]
    lines += [f'  v{i} [label="{name}"];' for i, name in enumerate(program.inputs)]
    for index, step in enumerate(program.instructions, len(program.inputs)):
        label = name_of(program, index) if step.op == "const" else step.op
        lines.append(f'  v{index} [label="{label}"];')
        lines += [f"  v{arg} -> v{index};" for arg in step.args]
    lines += [f"  v{out} [peripheries=2];" for out in program.outputs]
    return "\n".join([*lines, "}"])
