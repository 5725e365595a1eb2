"""What somebody should look at in a month: of what kind, whose, and what exactly, in English and in Japanese."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple


class FindingKind(StrEnum):
    """What somebody should look at."""

    METER = "meter"
    EXPIRES = "meter expires"
    ESTIMATED = "estimated"
    LATE = "late"
    UNKNOWN = "unknown"
    CROWDED = "too many parts"
    CONTRADICTION = "meters contradict"
    BULK = "bulk meter unknown"
    LOSS = "loss"
    UTILITY = "utility's bill"
    PARTNER = "partner's meter"


class Told(NamedTuple):
    """A sentence."""

    english: str
    japanese: str
    key: str = ""
    """Which of the sentences it is."""
    values: tuple[object, ...] = ()
    """What stands in its places."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is not as it should be."""

    kind: FindingKind
    party: str
    """Empty: the building."""
    told: Told
    slots: tuple[int, ...] = field(default=(), compare=False)
    """Those that it counts, by their begins; of days the first of each."""

    @property
    def detail(self) -> str:
        """What exactly, as a month's bytes have it."""
        return self.told.english


_SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "no meter": (
        "has no meter on record: enter serial, type approval and month of expiry",
        "計量器の登録がありません。計量器番号・型式承認番号・検定有効期限を登録してください。",
    ),
    "not verified": (
        "meter {0} is not verified: have it verified, or mark it as information only",
        "計量器 {0} は検定を受けていません。検定を受けるか、参考表示として登録してください。",
    ),
    "expired": (
        "meter {0} was verified until {1}: exchange it, or mark it as information only",
        "計量器 {0} の検定は {1} までで切れています。交換するか、参考表示として登録してください。",
    ),
    "no approval": (
        "meter {0} has no type approval on record: enter its mark",
        "計量器 {0} の型式承認番号が登録されていません。登録してください。",
    ),
    "information only": (
        "meter {0} is marked as information only",
        "計量器 {0} は参考表示として登録されています。",
    ),
    "expires": (
        "meter {0} is verified until {1}: have it exchanged",
        "計量器 {0} の検定は {1} までです。交換を手配してください。",
    ),
    "stand in": (
        "{0} slots stand in from an earlier week, the first at {1}",
        "{0} コマを以前の週の同じ時刻の値で推定しています（最初は {1} のコマ）。",
    ),
    "late": (
        "{0} slots were told too late to be shared: they met the grid's prices alone, the first at {1}",
        "{0} コマは計量値が届くのが遅れたため融通の対象外となり、系統の単価で精算しました（最初は {1} のコマ）。",
    ),
    "unknown": (
        "{0} slots are unknown, and nothing stands in: they are billed to nobody, the first at {1}",
        "{0} コマの計量値が不明で、推定もできず、誰にも請求されません（最初は {1} のコマ）。",
    ),
    "crowded": (
        "{0} slots were told in more parts than can be read, and count as unknown, the first at {1}: look for what "
        "starts the flat's computer, or sets its clock, again and again",
        "{0} コマで記録が細かく分かれすぎており、不明として扱います（最初は {1} のコマ）。"
        "機器の再起動や時計の変更が繰り返されていないか調べて下さい。",
    ),
    "less than none": (
        "on {0} days less than nothing was used, by the counters behind the meter, the first begins at {1}: look for "
        "one that counts the wrong way, or is another's",
        "{0} 日について、計量器の奥の計数では使用量が負になります（最初の日は {1} のコマから）。"
        "向きの誤りや取り違えを調べて下さい。",
    ),
    "no bulk": (
        "{0} slots without the bulk meter: their loss is unknown",
        "{0} コマで受電の計量値がなく、損失が不明です。",
    ),
    "loss": (
        "{0} Wh of {1} Wh reached no meter, more than {2} %: look for a meter that is missing or wired wrongly",
        "{1} Wh のうち {0} Wh がどの計量器にも届いておらず、{2}% を超えています。計量器の欠落や誤結線を調べて下さい。",
    ),
    "loss in slots": (
        "in {0} slots more than {1} % of what came in reached no meter, most in the one at {2}: {3} Wh of {4} Wh",
        "{0} コマで、入った電気の {1}% 超がどの計量器にも届いていません（最大は {2} のコマで、{4} Wh のうち {3} Wh）。",
    ),
    "partner": (
        "{0} slots have trades with a neighbour whose meter may not be billed from: they met the grid's prices, the "
        "first at {1}",
        "計量器が料金の計量に使えない住戸との取引が {0} コマにあり、系統の単価で精算しました（最初は {1} のコマ）。",
    ),
    "charged": (
        "charges {0} yen, and by its tariff it is {1} yen: correct the tariff's file, or ask the utility",
        "電力会社の請求は {0} 円ですが、料金表による計算では {1} 円です。料金表を直すか、電力会社に確認してください。",
    ),
}


def tell(key: str, *values: object) -> Told:
    """Return a sentence with its values."""
    english, japanese = _SENTENCES[key]
    return Told(english.format(*values), japanese.format(*values), key, values)


def sentence(key: str) -> Told:
    """Return a sentence with its places empty."""
    return Told(*_SENTENCES[key], key)
