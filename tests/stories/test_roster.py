"""The roster of influencers: listed, added to, paused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.story import Story


async def test_the_demo_team_has_three_invented_people(story: Story) -> None:
    said = await story.says("Tom", "influenceur lister")

    assert "3 personnes sur la liste" in said
    assert "@studio.mirabelle · Instagram · artisanat · tous les 30 jours" in said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("@nord Instagram céramique tous les 45 jours", "@nord · Instagram · céramique · tous les 45 jours"),
        ("Ana Belu LinkedIn", "Ana Belu · LinkedIn · tous les 30 jours"),
        ("@nord, YouTube, vidéo longue, toutes les 2 semaines", "@nord · YouTube · vidéo longue · tous les 14 jours"),
        ("Ana Belu", "Ana Belu · tous les 30 jours"),
    ],
)  # fmt: skip
async def test_somebody_is_added_in_one_line(story: Story, line: str, said: str) -> None:
    before = len(await story.record())

    assert f"C’est noté : {said}" in await story.says("Inès", f"influenceur ajouter {line}")

    assert said in await story.says("Tom", "influ")
    assert [f"{one.subject}.{one.act}" for one in (await story.record())[before:]] == ["influencer.add"]


async def test_english_says_the_same(story: Story) -> None:
    await story.says("Léa", "lang en")

    said = await story.says("Léa", "influencer add @workshop.north Instagram crafts every 2 weeks")

    assert "Noted: @workshop.north · Instagram · crafts · every 14 days" in said


async def test_the_same_person_twice_is_refused(story: Story) -> None:
    assert "déjà sur la liste" in await story.says("Léa", "influenceur ajouter @Studio.Mirabelle Instagram")


async def test_pausing_and_resuming(story: Story) -> None:
    assert "En pause : @studio" in await story.says("Léa", "influenceur suspendre studio.mirabelle")
    assert "en pause" in await story.says("Léa", "influenceur lister")
    assert "en pause" not in await story.says("Léa", "influenceur reprendre mirabelle")


async def test_others_than_the_role_s_holder_and_the_lead_only_look(story: Story) -> None:
    assert "Seule la personne responsable" in await story.says("Tom", "influenceur ajouter @atelier.nord")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("influenceur ajouter", "Qui ?"),
        ("influenceur ajouter @a Instagram x tous les 9999 jours", "Entre 1 et 730 jours"),
        (f"influenceur ajouter {'a' * 3000} Instagram", "trop long"),
        ("influenceur suspendre Personne", "Je ne trouve pas « Personne »"),
        ("influenceur plouf", "Je n’ai pas compris « plouf »"),
    ],
)
async def test_what_cannot_be_is_refused_with_what_to_type(story: Story, line: str, said: str) -> None:
    assert said in await story.says("Léa", line)


async def test_the_record_holds_no_name(story: Story) -> None:
    await story.says("Léa", "influenceur ajouter @atelier.nord Instagram")

    assert "atelier.nord" not in repr(await story.record())
