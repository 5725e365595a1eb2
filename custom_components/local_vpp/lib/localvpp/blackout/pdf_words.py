"""What stands on the PDF of a drill, in Japanese and in English.

Names that other rooms give (criteria, notices, outcomes, reasons) are said in words where they are known, and shown as
they are where they are not: a report never hides what it has no word for.
"""

from collections.abc import Mapping
import re
from typing import Final

from ..paper import Language

_BOTH: Final[Mapping[str, tuple[str, str]]] = {
    "title": ("停電訓練 報告書", "Blackout drill report"),
    "building_title": ("建物停電訓練 報告書", "Building blackout drill report"),
    "building": ("建物", "Building"),
    "flat": ("住戸", "Flat"),
    "device": ("機器 ID", "Device"),
    "held": ("実施日時", "Held"),
    "level": ("訓練区分", "Level"),
    "flats_level": ("各住戸の区分", "Level in each flat"),
    "asked_by": ("実施者", "Held by"),
    "wiring": ("切替方式", "Wiring"),
    "software": ("ソフトウェア", "Software"),
    "part_of": ("建物訓練 ID", "Part of drill"),
    "drill": ("訓練 ID", "Drill"),
    "result": ("判定", "Result"),
    "passed": ("合格", "PASSED"),
    "not_passed": ("不合格", "NOT PASSED"),
    "met": ("適", "yes"),
    "unmet": ("否", "no"),
    "unmeasured": ("未計測", "not measured"),
    "not_met": ("基準を満たさない項目: {}", "Not met: {}"),
    "not_measured": ("未計測の項目: {}", "Not measured: {}"),
    "comma": ("、", ", "),
    "stop": ("。", "; "),
    "aborted": ("途中で終了: {}", "Ended before its time: {}"),
    "ended": ("終了理由", "Ended because"),
    "clock": ("訓練中に時計が戻されました", "the clock was set back during the drill"),
    "criteria": ("判定基準と実測", "Criteria"),
    "criterion": ("項目", "Criterion"),
    "wanted": ("基準", "Wanted"),
    "measured": ("実測", "Measured"),
    "met_column": ("判定", "Met"),
    "figures": ("計測結果", "Measured"),
    "length": ("自立運転時間", "Time as an island"),
    "voltage": ("電圧（最小・平均・最大）", "Voltage (least, mean, most)"),
    "frequency": ("周波数（最小・平均・最大）", "Frequency (least, mean, most)"),
    "energy": ("供給電力量", "Energy served"),
    "pv": ("太陽光発電量", "PV energy"),
    "charge": ("蓄電残量", "State of charge"),
    "floors": ("残量の下限（訓練開始・中止・非常用）", "Floors (drill start, abort, emergency)"),
    "compare": ("前回との比較", "Compared with the last drill"),
    "now": ("今回", "This drill"),
    "before": ("前回", "The last one"),
    "first": ("前回の記録はありません", "there is no earlier drill on record"),
    "used": ("使用した残量", "Charge used"),
    "course": ("経過（開始からの時間）", "Course (time since the begin)"),
    "left_out": ("ほか {} 件（JSON 文書に全件）", "and {} more (all are in the JSON document)"),
    "people": ("連絡と確認", "People"),
    "notified": ("通知した人数", "Notified"),
    "acknowledged": ("確認した人数", "Acknowledged"),
    "acknowledged_after": ("確認までの時間", "Acknowledged after"),
    "actions": ("今後の対応", "Next action"),
    "nothing": ("特になし", "none"),
    "next_due": ("次回の実施期限: {}", "The next drill is due by {}"),
    "evidence": ("証拠", "Evidence"),
    "digest": ("文書の SHA-256", "SHA-256 of the document"),
    "record": ("電力移動証明 (ETP)", "Record (ETP)"),
    "no_record": (
        "種別 DRILL の記録に上の値が記されます。検証: local-vpp drill verify 文書.json --etp 記録.etp",
        "A record of kind DRILL names it. To verify: local-vpp drill verify REPORT.json --etp RECORD.etp",
    ),
    "signed_by": ("実施者 署名", "Held by (signature)"),
    "received_by": ("管理組合・防火管理者 署名", "For the building (signature)"),
    "date": ("日付", "Date"),
    "page": ("{} / {} ページ", "Page {} of {}"),
    "unknown": ("不明", "unknown"),
    "outcome": ("結果", "Outcome"),
    "transfer": ("切替時の停電", "Gap at transfer"),
    "return": ("復電時の停電", "Gap at return"),
    "endurance": ("持続見込み", "Endurance"),
    "communication": ("通信", "Communication"),
    "reconnection": ("復帰までの時間", "Time to return"),
    "answered": ("確認", "Acknowledged"),
    "reason": ("理由", "Reason"),
    "report": ("報告書", "Report"),
    "rollcall": ("点呼と各住戸の結果", "Roll-call and flats"),
    "flats_in_all": ("全 {} 戸", "{} flats"),
    "notified_flats": ("通知を表示した住戸", "Flats told"),
    "acknowledged_flats": ("確認した住戸", "Flats that acknowledged"),
    "refused_flats": ("辞退した住戸", "Flats that refused"),
    "held_flats": ("実施した住戸（合格）", "Flats that took part (passed)"),
    "seconds": ("{} 秒", "{} s"),
    "minutes": ("{} 分", "{} min"),
    "hours": ("{} 時間", "{} h"),
    "at_most": ("{} 以下", "at most {}"),
    "sampled": ("{} 秒以下（{} 秒ごとの計測）", "at most {} s, sampled each {} s"),
    "people_count": ("{} 名", "{}"),
}

_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "level l0": ("L0 机上訓練", "L0 paper: nothing moves"),
    "level l1": ("L1 連絡・通信の確認（切替なし）", "L1 telemetry: nothing moves"),
    "level l2": ("L2 短時間の自立運転", "L2 quick island"),
    "level l3": ("L3 負荷をかけた自立運転", "L3 island under load"),
    "level l4": ("L4 残量下限までの自立運転", "L4 down to the drill's floor"),
    "level lb": ("LB 建物全体", "LB whole building"),
    "wiring autonomous": ("機器が自動で切替（要求は不可）", "the device switches by itself"),
    "wiring owned": ("機器が要求により切替", "the device switches upon request"),
    "wiring pair": ("インターロック付き電磁接触器 2 台", "two interlocked contactors"),
    "criterion transfer": ("切替時の停電", "Gap at transfer"),
    "criterion return": ("復電時の停電", "Gap at return"),
    "criterion voltage": ("電圧", "Voltage"),
    "criterion frequency": ("周波数", "Frequency"),
    "criterion endurance": ("持続見込み", "Endurance"),
    "criterion communication": ("機器との通信", "Communication"),
    "criterion reconnection": ("復帰までの時間", "Time to return"),
    "criterion people": ("確認した割合", "People who acknowledged"),
    "criterion load": ("負荷", "Load"),
    "criterion whole": ("最後まで実施", "Held to its end"),
    "criterion transition": ("同時に切替中の住戸", "Flats in transition at once"),
    "criterion contract": ("契約電力", "Contract demand"),
    "criterion flats": ("実施した住戸の合格", "Flats that passed"),
    "criterion home": ("系統に戻った住戸", "Flats back on the grid"),
    "advice transfer": ("電気工事店に切替器の点検を依頼する", "have an electrician check what switches over"),
    "advice return": ("電気工事店に切替器の点検を依頼する", "have an electrician check what switches over"),
    "advice voltage": ("自立出力の電圧と配線を点検する", "have the inverter's backup output and its wiring checked"),
    "advice frequency": ("自立出力の周波数を点検する", "have the inverter's backup output checked"),
    "advice endurance": ("予備残量を増やすか、つなぐ負荷を減らす", "keep a larger reserve, or feed less"),
    "advice communication": (
        "停電時もルーターと機器に給電されるか確認する",
        "check that router and devices are fed in an outage",
    ),
    "advice reconnection": ("系統の電圧と復帰待ちの設定を確認する", "check the grid's voltage and the waiting time"),
    "advice people": ("連絡先と通知の方法を見直す", "go through contacts and notifications"),
    "advice load": ("負荷を増やして再度実施する", "hold it again with more load"),
    "outcome passed": ("合格", "passed"),
    "outcome failed": ("不合格", "not passed"),
    "outcome aborted": ("途中で終了", "ended early"),
    "outcome refused": ("辞退", "refused"),
    "outcome silent": ("応答なし", "no answer"),
    "outcome unreported": ("報告なし", "no report"),
    "outcome not_called": ("未実施", "not called"),
    "event grid_lost": ("停電を検知", "grid lost"),
    "event islanded": ("自立運転を開始", "islanded"),
    "event returned": ("系統に復帰", "returned"),
    "event drill_announced": ("訓練を予告", "announced"),
    "event drill_ended": ("訓練の終了", "drill over"),
    "event feedback_lost": ("接点の状態が不明", "feedback lost"),
    "event journal_failed": ("記録を書けない", "the journal cannot be written"),
    "event load_locked_out": ("負荷を切ったままにした", "a load stays off"),
    "event battery_low": ("蓄電残量が少ない", "battery low"),
    "event drill_became_outage": ("訓練中に実際の停電が発生", "the drill became an outage"),
    "event drill_refused": ("訓練を開始できない", "drill refused"),
    "event drill_aborted": ("訓練を途中で終了", "drill aborted"),
    "event island_refused": ("自立運転を開始できない", "island refused"),
    "event return_refused": ("復帰できない", "return refused"),
    "event return_failed": ("復帰に失敗", "return failed"),
    "event backup_failed": ("自立運転に失敗", "backup failed"),
    "event handed_off": ("機器に任せた", "handed off to the device"),
    "event locked": ("点検が必要なため停止", "locked until somebody has looked"),
    "event living_room_dark": ("リビングに電圧がない", "living room without voltage"),
    "abort person": ("住人の操作", "a person returned to the grid"),
    "abort battery unknown": ("蓄電残量が不明", "battery unknown"),
    "abort battery": ("蓄電残量が下限に達した", "battery at its floor"),
    "abort overload": ("過負荷", "overload"),
    "abort grid unknown": ("系統の状態が不明", "grid unknown"),
    "abort grid": ("系統の異常", "grid lost"),
    "abort feedback": ("接点の状態が不明", "feedback unknown"),
    "abort dark": ("リビングに電圧がない", "living room without voltage"),
    "abort island": ("自立運転の電圧・周波数の異常", "voltage or frequency of the island"),
    "abort outage": ("実際の停電", "a real outage"),
    "abort event": ("需給調整の要請", "a demand response event"),
    "abort coordinator": ("建物の管理サーバーと通信できない", "the building is not heard"),
    "abort refused": ("開始条件を満たさない", "refused"),
    "abort restart": ("プログラムの再起動", "the program was restarted"),
    "refusal not_connected": ("系統につながっていない", "not on the grid"),
    "refusal not_possible": ("切替を要求できない機器", "the device cannot be asked"),
    "refusal grid_not_steady": ("系統が安定していない", "grid not steady"),
    "refusal battery_low": ("蓄電残量が少ない", "battery low"),
    "refusal battery_unknown": ("蓄電残量が不明", "battery unknown"),
    "refusal endurance": ("持続時間が足りない", "endurance too short"),
    "refusal warning": ("警報・需給調整中", "a warning or an event"),
    "refusal too_soon": ("前回から日が浅い", "too soon after the last"),
    "refusal too_long": ("時間が長すぎる", "too long"),
    "refusal not_attended": ("立会者の確認がない", "nobody has acknowledged"),
    "refusal medical": ("医療機器を使用中", "a medical device is fed"),
    "refusal overloaded": ("過負荷", "overloaded"),
    "refusal too_many": ("切替回数の上限", "too many transitions"),
    "refusal stale": ("計測値が古い", "stale readings"),
    "refusal busy": ("ほかの訓練中", "busy"),
    "refusal failed_before": ("前回不合格が未確認", "the last failure is unacknowledged"),
    "refusal seen": ("同じ呼び出しの繰り返し", "called before"),
    "refusal expired": ("呼び出しの期限切れ", "the call has expired"),
    "refusal early": ("呼び出しの時刻が早い", "the call is of later"),
    "refusal too_lasting": ("呼び出しの期間が長い", "the call lasts too long"),
    "refusal declined": ("住人の辞退", "declined by a resident"),
    "refusal not_set_up": ("未設定", "not set up"),
    "by manager": ("管理者", "the manager"),
    "tier rest": ("その他の回路", "the rest"),
    "ended done": ("全住戸の順番が終わった", "every flat had its turn"),
    "ended stopped": ("管理者が終了した", "the manager stopped it"),
    "ended time": ("予定の時間が過ぎた", "its time was over"),
    "ended warning": ("気象警報", "a weather warning"),
    "ended outage": ("実際の停電", "a real outage"),
    "ended restarted": ("管理サーバーの再起動", "the coordinator was restarted"),
}

_WANTED: Final[tuple[tuple[re.Pattern[str], tuple[str, str]], ...]] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"≤ (\S+) s, sampled each (\S+) s", ("{} 秒以下（{} 秒ごとの計測）", "at most {} s, sampled each {} s")),
        (r"≥ (\S+) within (\S+) s", ("{1} 秒以内に {0} 以上", "at least {} within {} s")),
        (r"≥ (\S+) of the circuit's rating", ("回路の定格の {} 以上", "at least {} of the circuit's rating")),
        (r"≤ (\S+) s", ("{} 秒以下", "at most {} s")),
        (r"≥ (\S+) h", ("{} 時間以上", "at least {} h")),
        (r"≤ (.+)", ("{} 以下", "at most {}")),
        (r"≥ (.+)", ("{} 以上", "at least {}")),
        (r"(\S+) to (\S+) (\S+)", ("{}〜{} {}", "{} to {} {}")),
        (r"(\S+) to (\S+)", ("{}〜{}", "{} to {}")),
        (r"(\d+) of (\d+)", ("{1} のうち {0}", "{} of {}")),
        (r"every flat that followed has passed", ("実施した全住戸", "every flat that took part")),
        (r"every flat that followed is home", ("実施した全住戸", "every flat that took part")),
    )
)

_HAPPENED: Final[tuple[tuple[str, tuple[str, str]], ...]] = (
    ("ends early: ", ("途中で終了: {}", "ends early: {}")),
    ("shed ", ("{} を切った", "shed {}")),
    ("restored ", ("{} を入れた", "restored {}")),
)


class Words:
    """The words of one language."""

    def __init__(self, language: Language) -> None:
        self._at: Final = 0 if language is Language.JAPANESE else 1
        self.language: Final = language

    def __getitem__(self, key: str) -> str:
        return _BOTH[key][self._at]

    def name(self, kind: str, name: str) -> str:
        """Say a name that another room has given; as it is, where there is no word for it."""
        found = _NAMES.get(f"{kind} {name}")
        return name if found is None else found[self._at]

    def happened(self, text: str) -> str:
        """Say what has happened in a drill: a notice, why it ended, or which load went off or on."""
        for beginning, words in _HAPPENED:
            if text.startswith(beginning):
                rest = text.removeprefix(beginning)
                return words[self._at].format(self.reason(rest))
        return self.name("event", text)

    def tier(self, name: str) -> str:
        """Say which loads some energy went to: those of a number, in the order in which they are kept, or the rest."""
        if name.isdecimal():
            return ("負荷区分 {}", "tier {}")[self._at].format(name)
        return self.name("tier", name)

    def reason(self, text: str) -> str:
        """Say why a flat refused or ended early: a code, or a resident's own words."""
        return self.name("refusal", text) if self.has("refusal", text) else self.name("abort", text)

    def has(self, kind: str, name: str) -> bool:
        """Whether there is a word for a name."""
        return f"{kind} {name}" in _NAMES

    def said(self, text: str) -> str:
        """Say what a criterion wants or has measured; as it is, where it is of another form."""
        if self.has("ended", text):  # How a building's drill ended is one of its criteria.
            return self.name("ended", text)
        for pattern, words in _WANTED:
            match = pattern.fullmatch(text)
            if match is not None:
                return words[self._at].format(*match.groups())
        return text

    def action(self, code: str) -> str:
        """Say what is to be done, as a document names it."""
        if code == "repeat":
            return ("原因を取り除いてもう一度実施する", "remove the cause and hold it again")[self._at]
        name, _, found = code.rpartition("_")
        what = self.name("criterion", name)
        if found == "unmeasured":
            return (f"「{what}」を計測できるようにする", f"make it measurable: {what}")[self._at]
        advice = self.name("advice", name) if self.has("advice", name) else None
        return what if advice is None else (f"{what}: {advice}", f"{what}: {advice}")[self._at]
