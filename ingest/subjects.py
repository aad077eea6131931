"""Who acts in a clause: the organisation left of a trigger, or the one an earlier clause left open.

A subject is never a guess: a pronoun or 我市 gives nobody, an organisation bound by 为 or 依托 is stepped over, one
after 收购 or 拜访 makes the actor unclear and the answer is nobody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bulian.ingest.clauses import MARKS, Clause
from bulian.ingest.mentions import Mention
from bulian.ingest.words import Words, alternation

__all__ = ["ALL", "AND", "ORG", "ORG_UNIT", "Subjects", "Topic"]

ALL = "".join(MARKS.values())  # every placeholder, for character classes
ORG = MARKS["Enterprise"] + MARKS["Institute"]
# 甲公司控股股东 is somebody else; the possessive ?+ keeps the look-ahead from being dodged
ORG_UNIT = (
    f"[{ORG}](?:股份公司|公司|企业|集团|股份|总部)?+"
    "(?!的?(?:控股|全资|参股|第一大|大)?(?:股东|子公司|孙公司|实际控制人|实控人))"
)
AND = r"(?:、|和|与|及|以及|并|同|联合|携手|会同|协同|牵手|联手|等)"
_GROUP = re.compile(f"{ORG_UNIT}(?:{AND}{{1,2}}[^{ALL}、和与及的]{{0,6}}?{ORG_UNIT})*等?")
_FELLOWS = ("联合", "携手", "会同", "协同", "牵手", "联手")
_TOGETHER = re.compile("共同|联合|合作|携手|一起|联手")
_FAR = 25  # characters between a subject and its trigger


@dataclass(frozen=True, slots=True)
class Topic:
    """The subject an earlier clause leaves open for later ones, with the words that followed it there."""

    members: tuple[Mention, ...]
    after: str


class Subjects:
    """Finds subjects in clauses with placeholders; the words decide what binds an organisation."""

    def __init__(self, words: Words) -> None:
        self._bound = re.compile(f"{alternation(words.bound)}(?:[^{ALL}，、的]{{2,8}}(?:的|高校|企业|院所|公司))?$")
        self._unclear = re.compile(f"{alternation(words.unclear)}(?:了|过)?$")
        self._own_people = re.compile(f"的(?:\ue000+|{alternation(words.own_people)})")
        self._belongings = re.compile(f"的(?!总部)|{alternation(words.belongings)}")
        self._other_actor = re.compile(alternation(words.other_actor))
        time = r"\d{4}年(?:\d{1,2}月)?(?:\d{1,2}日)?(?:起|底|初|以来)?"
        self._adverbs = re.compile(f"(?:{alternation(words.adverbs)}|{time}|\ue000)*")

    def before(self, clause: Clause, upto: int, avoid: re.Pattern[str] | None) -> tuple[tuple[Mention, ...], int] | None:
        """The nearest organisation (or enumeration) left of a trigger that can be its subject.

        Args:
            clause: the clause.
            upto: position of the trigger, or of the word that opens the phrase around it.
            avoid: words that must not stand between the two.

        Returns:
            The members and where they begin; None when there is nobody or the actor is unclear.
        """
        end = upto
        fellows: tuple[Mention, ...] = ()
        for group in reversed(list(_GROUP.finditer(clause.text, 0, upto))):
            gap = clause.text[group.end() : end]
            if len(gap) > _FAR or "的" in self._own_people.sub("", gap, count=1) or gap.endswith(tuple("、和与及同")):
                return None
            lead = clause.text[: group.start()]
            if (avoid and avoid.search(gap)) or self._unclear.search(lead) or self._other_actor.search(gap):
                return None
            if bound := self._bound.search(lead):
                # 浙江大学为某公司研发主轴: step over the bound name to the one that acts
                if bound[0].startswith(_FELLOWS) or (bound[0][0] in "与和同跟" and _TOGETHER.search(gap)):
                    fellows = (*_members(clause, *group.span()), *fellows)  # 甲联合乙研发: both act
                end = bound.start()
                continue
            return (*_members(clause, *group.span()), *fellows), group.start()
        return None

    def is_bound(self, lead: str) -> bool:
        """Whether a word such as 与 or 为 before it binds what follows to somebody else."""
        return self._bound.search(lead) is not None

    def left_open(self, lead: str) -> bool:
        """Whether a clause begins without a subject of its own: only adverbs stand before the trigger."""
        return self._adverbs.fullmatch(lead) is not None

    def topic(self, clause: Clause) -> Topic | None:
        """The organisations that open the clause, if they do so as its subject."""
        group = _GROUP.search(clause.text)
        if group is None:
            return None
        lead, after = clause.text[: group.start()], clause.text[group.end() :]
        if self.is_bound(lead) or self._unclear.search(lead):
            return None
        if len(lead) > 10 or re.search(f"[{ALL}的]", lead) or self._belongings.match(after):
            return None
        return Topic(_members(clause, *group.span()), after)


def _members(clause: Clause, start: int, end: int) -> tuple[Mention, ...]:
    return tuple(clause.mentions[place] for place in range(start, end) if place in clause.mentions)
