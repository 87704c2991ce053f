"""The words of the pictures, passed in by the page in its language."""

from __future__ import annotations

from dataclasses import dataclass

from lstm_core.layers.spec import CellSpec, Gate


@dataclass(frozen=True)
class FigureText:
    """Every word that a picture shows; `{...}` are filled in, here or in the browser.

    Made from the catalogue's `[figure]` table: `FigureText(**catalogue["figure"])`.
    """

    # the quantities, as a panel's title and in the hover text
    x: str
    h: str
    c: str
    f: str
    i: str
    candidate: str
    o: str
    z: str
    r: str
    h_tilde: str
    # the legend of many lines
    lines: str  # {units}
    # the switch of the heatmaps' colours
    stretch: str
    stretch_help: str
    # the ends of the gates' colour scale
    shut: str
    open: str
    # one cell in words
    step: str  # {step}
    step_word: str  # {step} {word}
    steps_mean: str  # {first} {last}
    unit: str  # {unit}
    feature: str  # {feature}
    value: str  # {value}
    masked: str
    # the axis
    axis: str
    # beside and under a panel's title
    returned: str  # {outputs}
    not_returned: str
    handed_on: str
    forwards: str
    backwards: str
    c_masked_steps: str
    h_masked_steps: str
    masked_zeros: str  # {output}
    some_zeros: str  # {output} {steps}
    widened: str  # {low} {high}
    not_finite: str
    # zooming
    zoom_in: str
    zoom_out: str
    zoom_reset: str
    binned: str  # {size}
    # saving
    save: str
    save_all: str
    save_lines: str  # {name}
    # the sentence, and the description for those who do not see the picture
    # ... by the gate that keeps the memory and by the state that is the memory
    summary: str  # {gate} {memory}
    summary_without_gate: str  # {memory}
    forget_range: str  # {low} {high}
    forget_constant: str  # {value}
    forget_about: str  # {value}
    forget_not_finite: str
    update_range: str  # {low} {high}
    update_constant: str  # {value}
    update_about: str  # {value}
    update_not_finite: str
    c_furthest: str  # {unit} {value} {step}
    c_furthest_step: str  # {value} {step}
    c_zero: str
    c_falls: str
    c_not_finite: str
    c_all_masked: str
    h_furthest: str  # {unit} {value} {step}
    h_furthest_step: str  # {value} {step}
    h_zero: str
    h_falls: str
    h_not_finite: str
    h_all_masked: str
    alt: str  # {steps} {units} {features} {charts}
    alt_lines: str  # {quantities}
    alt_heatmaps: str  # {quantities}
    # two runs beside each other: the titles, the sentence, the description
    in_a: str  # {name}
    in_b: str  # {name}
    difference: str  # {name}
    furthest: str  # {quantity} {apart} {step} {unit}
    furthest_not_finite: str  # {quantity} {step} {unit}
    no_difference: str  # {quantity}
    other_units: str  # {a} {b}
    alt_comparison: str  # {quantity} {steps}

    def quantity(self, name: str) -> str:
        """Return the name of a quantity in words: "x", or a gate or state of any cell."""
        return str(getattr(self, name))

    def of_gate(self, gate: Gate, what: str) -> str:
        """Return what is said of a gate that keeps: its role's text, "range" and so on."""
        return str(getattr(self, f"{gate.role}_{what}"))

    def of_memory(self, spec: CellSpec, what: str) -> str:
        """Return what is said of a cell's memory, the state that pictures draw at the top: "furthest" and so on."""
        return str(getattr(self, f"{spec.states_drawn[0]}_{what}"))
