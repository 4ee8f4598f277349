"""The setting of a plan: the event as it stands for one person, before anything is solved."""

from dataclasses import dataclass

from qipan.core.elements import Field
from qipan.core.planner.activation import Activation, activate
from qipan.core.planner.availability import LookupState, judge_lookups
from qipan.core.planner.closure import EdgeKind, Graph
from qipan.core.planner.conditions import Circumstances, observe
from qipan.core.planner.ground import GroundEvent
from qipan.core.planner.knowledge import Knowledge
from qipan.core.planner.network import Network, build_network
from qipan.core.planner.scope import Scope, find_scope


@dataclass(frozen=True, slots=True)
class Setting:
    """What takes part, what can be looked up, how everything can be learned, and what can be met."""

    ground: GroundEvent
    knowledge: Knowledge
    circumstances: Circumstances
    activation: Activation
    lookups: list[LookupState]
    network: Network
    scope: Scope


def set_out(ground: GroundEvent, knowledge: Knowledge, circumstances: Circumstances) -> Setting:
    """Lay out an event under the circumstances given."""
    activation = activate(ground, circumstances, knowledge)
    lookups = judge_lookups(ground, circumstances, knowledge)
    network = build_network(ground, knowledge, activation, lookups)
    scope = find_scope(ground, circumstances, knowledge, activation, network)
    return Setting(ground, knowledge, circumstances, activation, lookups, network, scope)


def circumstances_of(ground: GroundEvent, knowledge: Knowledge) -> Circumstances:
    """Judge the conditions; ``known(field)`` means without asking and without another service of the event."""
    circumstances = observe(ground, knowledge, knowledge.facts.keys())
    if not ground.speaks_of_known:
        return circumstances
    return observe(ground, knowledge, _known_upfront(ground, knowledge, circumstances))


def _known_upfront(ground: GroundEvent, knowledge: Knowledge, circumstances: Circumstances) -> set[Field]:
    lookups = judge_lookups(ground, circumstances, knowledge)
    network = build_network(ground, knowledge, Activation(), lookups)
    graph = Graph([edge for edge in network.edges if edge.kind is EdgeKind.RESOURCE], network.numbers.size)
    closed = graph.close(network.start)
    return {field for field, vertex in network.numbers.fields.items() if vertex in closed}
