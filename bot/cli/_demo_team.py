"""The built-in demo team: four people, three networks, one channel. The demo and the preview both begin with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.ids import new_id
from bot.influencers.influencer import Influencer
from bot.teams.member import Identity, Member, Permission
from bot.teams.role import Holding
from bot.teams.setup import Answers, SetUp
from bot.teams.team import Channel, Installation, Team

if TYPE_CHECKING:
    from bot.catalogue.loader import Catalogue
    from bot.i18n import Language
    from bot.ports import Tx
    from bot.registry import Registry

INFLUENCERS = (
    ("@studio.mirabelle", "instagram", {"fr": "artisanat", "en": "crafts"}, 30),
    ("@les.carnets.de.lou", "tiktok", {"fr": "coulisses d’atelier", "en": "behind the scenes"}, 45),
    ("Camille Orsan", "linkedin", {"fr": "design durable", "en": "sustainable design"}, 60),
)
"""Invented people: name, network, topic, ideal interval in days."""
PEOPLE = {"Léa": "lea", "Karim": "karim", "Inès": "ines", "Tom": "tom"}
"""Name → account on the demo's platform."""
WORKSPACE = "atelier"
CHANNEL = {"fr": "équipe", "en": "team"}
NETWORKS = ("facebook", "instagram", "linkedin")


@dataclass(frozen=True, slots=True)
class DemoTeam:
    """Values that the demo needs to speak as its people."""

    team: str
    channel: str


def seed(tx: Tx, registry: Registry, catalogue: Catalogue, language: Language, platform: str) -> DemoTeam:
    """Store the demo team, set up as its lead would have: Léa lead and veille, Karim community, Inès creator and
    influencer owner, Tom planner; Paris, France.
    """
    name = "Atelier Mirabelle"
    team = Team(new_id(tx.now), name, language)
    tx.teams.add(team, Installation(team.id, platform, WORKSPACE))
    home = Channel(team.id, new_id(tx.now), CHANNEL[language], CHANNEL[language])
    tx.teams.add_channel(home)
    members = {}
    for person, account in PEOPLE.items():
        permission = Permission.LEAD if person == "Léa" else Permission.MEMBER
        members[person] = Member(team.id, new_id(tx.now), person, permission)
        tx.members.add(members[person], Identity(team.id, members[person].id, platform, account))
    for role, person in {"creator": "Inès", "influencer": "Inès"}.items():
        tx.roles.give(Holding(team.id, new_id(tx.now), role, members[person].id))
    roles = {"veille": members["Léa"].id, "community": members["Karim"].id, "planner": members["Tom"].id}
    done = SetUp(tx, registry, catalogue, members["Léa"].id, "cli").apply(team, Answers(NETWORKS, roles, home.id))
    for name_, network, topic, ideal in INFLUENCERS:
        tx.influencers.add(Influencer(team.id, new_id(tx.now), name_, network, topic[language], ideal))
    return DemoTeam(done.id, home.external_id)
