"""What stands on statements, in Japanese and in English."""

from collections.abc import Mapping
from typing import Final

from ..paper import Language
from ..settlement.month import Finding

_BOTH: Final[Mapping[str, tuple[str, str]]] = {
    "title": ("電気料金 按分・精算書", "Electricity cost-splitting statement"),
    "building_title": ("電気料金 按分・精算書（建物）", "Electricity cost-splitting statement of the building"),
    "split_note": (
        "本書は建物が一括受電した電気の料金を各戸で按分・精算するためのもので、電気の販売ではありません。",
        "This statement splits what the building pays for its power among its flats. Nobody sells electricity by it.",
    ),
    "building": ("建物", "Building"),
    "month": ("対象月", "Month"),
    "month_of": ("{}年{}月分", "{}-{:02}"),
    "party": ("住戸", "Flat"),
    "meter": ("計量器番号", "Meter"),
    "approval": ("型式承認番号", "Type approval"),
    "verified": ("検定有効期限", "Verified until"),
    "to_pay": ("ご精算額", "To be paid"),
    "to_get": ("お返しする額", "To be paid to you"),
    "not_billed": ("ご請求なし（計量器が料金の計量に使えません）", "Not billed: the meter is not fit for it"),
    "nothing": ("参考表示（請求なし）", "For information only: nothing to pay"),
    "yen": ("{}円", "{} yen"),
    "saved": ("融通がない場合（{1} 円）より {0} 円お得です", "{} yen less than without sharing ({} yen)"),
    "lost": ("融通がない場合（{1} 円）より {0} 円の負担増です", "{} yen more than without sharing ({} yen)"),
    "energy": ("電気の内訳", "Where your power came from, and went"),
    "item": ("項目", "Item"),
    "kwh": ("kWh", "kWh"),
    "amount": ("円", "yen"),
    "quantity": ("数量", "Quantity"),
    "unit_price": ("単価（円）", "yen each"),
    "price": ("平均単価（円/kWh）", "average yen/kWh"),
    "records": ("根拠", "From"),
    "records_of": ("{} コマ・記録 {} 件", "{} slots, {} records"),
    "own": ("自宅の太陽光・蓄電池", "Own PV and battery"),
    "partly": ("{}（{} コマは不明）", "{} ({} slots unknown)"),
    "slot_count": ("コマ数", "Slots"),
    "record_count": ("記録件数", "Records"),
    "short": ("約定量に対する不足", "Short of trades"),
    "over": ("約定量に対する余剰", "Beyond trades"),
    "undelivered": ("受け渡されなかった約定量", "Trades not delivered"),
    "neighbours": ("ほかの住戸から", "From neighbours"),
    "roof": ("屋上の太陽光から", "From the roof"),
    "grid": ("系統から", "From the grid"),
    "given": ("ほかの住戸へ", "To neighbours"),
    "fed in": ("余剰買取（系統へ）", "Surplus, to the grid"),
    "fee": ("{}", "{}"),
    "levelling": ("電力会社の請求額との差額の按分", "Part of the difference to the utility's bill"),
    "adjustment": ("過去分の精算差額", "Differences of earlier months"),
    "rounding": ("端数処理", "Rounding"),
    "sum": ("合計", "Sum"),
    "figures": ("指標", "Figures"),
    "made": ("自宅の太陽光の発電量", "Made by own PV"),
    "made_from": ("発電量の根拠", "Made: from"),
    "used": ("使用量", "Used at home"),
    "inside_price": ("建物内の平均単価", "Average price inside"),
    "grid_price": ("系統の平均単価", "Average price of the grid"),
    "sufficiency": ("自給率（建物内）", "Self-sufficiency"),
    "consumption": ("自家消費率（建物内）", "Self-consumption"),
    "peaks": ("契約電力のもとになる建物の最大需要電力（30分）", "The building's heaviest half hours"),
    "peak_at": ("時刻", "Begin"),
    "peak_building": ("建物 kW", "Building kW"),
    "peak_own": ("この住戸 kW", "This flat kW"),
    "peak_part": ("割合", "Part"),
    "differences": ("精算差額の明細", "Difference records"),
    "difference_at": ("コマ", "Slot"),
    "because": ("理由", "Because of"),
    "late": ("{} の計量値が後から届いたため", "a late value of {}"),
    "estimated": ("推定値のコマ（前の週の同じ時刻の値）", "Estimated slots (same time of an earlier week)"),
    "unknown_slots": ("不明のコマ", "Unknown slots"),
    "invoice": ("適格請求書", "Qualified invoice"),
    "issuer": ("発行者", "Issuer"),
    "registration": ("登録番号", "Registration number"),
    "recipient": ("宛先", "Recipient"),
    "period": ("対象期間", "Period"),
    "period_of": ("{} 〜 {}", "{} to {}"),
    "issued": ("発行日", "Issued"),
    "description": ("内容", "Description"),
    "description_of": ("電気料金の按分（{}）", "Splitting of electricity cost, {}"),
    "taxable": ("{}%対象 合計（税込）", "Total at {} %, with tax"),
    "tax": ("うち消費税（{}%）", "Tax of it ({} %)"),
    "tax_on": ("消費税（{}%）", "Tax ({} %)"),
    "credited": ("余剰電力の精算（請求書の対象外）", "Credited for surplus (no part of the invoice)"),
    "notes": ("お知らせ", "Notes"),
    "evidence": ("根拠となる記録（電力移動証明）", "Records behind the figures (Energy Transfer Proofs)"),
    "evidence_note": (
        "記録 {} 件（ログ番号 {}〜{}）。コマごとの明細は、このPDFに添付の {} にあります。",
        "{} records (log index {} to {}). Slot by slot they stand in {}, which is attached to this PDF.",
    ),
    "digest": ("その SHA-256", "Its SHA-256"),
    "slot": ("コマ", "Slot"),
    "index": ("ログ番号", "Log index"),
    "hash": ("ハッシュ", "Hash"),
    "rows": ("対象の項目", "Counts in"),
    "unknown": ("不明", "unknown"),
    "none": ("なし", "none"),
    "balance": ("建物の収支", "The building's balance"),
    "bulk_in": ("受電", "From the utility"),
    "bulk_out": ("逆潮流", "To the utility"),
    "flats": ("各戸の計", "All flats"),
    "common": ("共用部・屋上ほか", "Common parts, roof and others"),
    "unbilled": ("請求対象外の計量器", "Meters that are not billed"),
    "loss": ("損失・未計量", "Lost or unmetered"),
    "shared": ("建物内で融通した電気", "Shared inside"),
    "of_roof": ("うち屋上から", "Of it, from the roof"),
    "utility": ("電力会社の請求", "The utility's bill"),
    "contract": ("契約電力", "Contract demand"),
    "peak": ("当月の最大需要電力", "Highest demand of the month"),
    "basic": ("基本料金", "Basic charge"),
    "utility_energy": ("電力量料金", "Energy"),
    "fuel": ("燃料費調整額", "Fuel adjustment"),
    "levy": ("再エネ賦課金", "Renewable levy"),
    "utility_total": ("請求額", "Total"),
    "flats_yen": ("各戸の合計", "All flats"),
    "common_yen": ("共用部・屋上ほかの合計", "Common parts, roof and others"),
    "margin": ("建物の収支差額", "The building's margin"),
    "adds_up": (
        "各戸 {} + 共用 {} + 逆潮流の収入 {} = 電力会社 {} + 差額 {}（円）",
        "flats {} + common {} + income for what was sent out {} = utility {} + margin {} (yen)",
    ),
    "not_come": ("電力会社の請求は未着です", "the utility's bill has not come yet"),
    "collection": ("精算一覧", "What to collect"),
    "status": ("状態", "Status"),
    "billed": ("請求", "billed"),
    "information only": ("参考表示", "information only"),
    "refused": ("請求不可（計量器）", "not billed: meter"),
    "tax_yen": ("消費税", "Tax"),
    "finding meter": ("計量器が料金の計量に使えません。", "its meter is not fit for billing:"),
    "finding meter expires": ("計量器の検定有効期限が6か月以内に切れます。", "its meter's verification ends soon:"),
    "finding estimated": ("推定値を含みます。", "estimates:"),
    "finding late": ("届くのが遅れた計量値があります。", "late values:"),
    "finding unknown": ("計量値が不明のコマがあります。", "unknown values:"),
    "finding meters contradict": ("計量値どうしが合わないコマがあります。", "meters contradict one another:"),
    "finding bulk meter unknown": ("受電の計量値が不明のコマがあります。", "the bulk meter is unknown:"),
    "finding loss": ("損失・未計量が多すぎます。", "much is lost or unmetered:"),
    "finding partner's meter": ("取引相手の計量器が使えません。", "a neighbour's meter is not fit for billing:"),
    "finding utility's bill": ("電力会社の請求が料金表と合いません。", "the utility's bill is not by its tariff:"),
    "page": ("{} / {} ページ", "page {} of {}"),
}


_OTHERS: Final[Mapping[str, tuple[str, str]]] = {
    "building": ("建物の勘定", "the building's account"),
    "common": ("共用部", "common parts"),
    "roof": ("屋上の太陽光", "the roof's PV"),
}


class Words:
    """The words of one language."""

    def __init__(self, language: Language) -> None:
        self._at: Final = 0 if language is Language.JAPANESE else 1
        self.language: Final = language

    def __getitem__(self, key: str) -> str:
        return _BOTH[key][self._at]

    def finding(self, finding: Finding) -> str:
        """Say what somebody should look at: of whom, and what exactly."""
        words = (finding.party, self[f"finding {finding.kind}"], self.detail(finding))
        return " ".join(filter(None, words))

    def detail(self, finding: Finding) -> str:
        """Say what exactly somebody should look at."""
        return finding.told[1 - self._at]

    def other(self, name: str) -> str:
        """Say the name of an account that is no flat's; as it is, where there is no word for it."""
        found = _OTHERS.get(name)
        return name if found is None else found[self._at]
