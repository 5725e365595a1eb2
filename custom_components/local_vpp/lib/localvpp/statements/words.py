"""What stands on statements, in Japanese and in English."""

from collections.abc import Mapping
from typing import Final

from ..paper import Language
from ..settlement.month import Finding, sentence
from ..settlement.tariff import LineKind

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
    "per_kwh": ("円/kWh", "yen/kWh"),
    "kw": ("kW", "kW"),
    "slots_counted": ("{} コマ", "{} slots"),
    "days_counted": ("{} 日", "{} days"),
    "quantity": ("数量", "Quantity"),
    "unit_price": ("単価（円）", "yen each"),
    "price": ("平均単価（円/kWh）", "average yen/kWh"),
    "records": ("根拠", "From"),
    "own": ("自宅の太陽光・蓄電池", "Own PV and battery"),
    "partly": ("{}（{} コマは不明）", "{} ({} slots unknown)"),
    "short": ("約定量に対する不足", "Short of trades"),
    "over": ("約定量に対する余剰", "Beyond trades"),
    "undelivered": ("受け渡されなかった約定量", "Trades not delivered"),
    "neighbours": ("ほかの住戸から", "From neighbours"),
    "roof": ("屋上の太陽光から", "From the roof"),
    "grid": ("系統から", "From the grid"),
    "given": ("ほかの住戸へ", "To neighbours"),
    "fed in": ("余剰買取（系統へ）", "Surplus, to the grid"),
    "levelling": ("電力会社の請求額との差額の按分", "Part of the difference to the utility's bill"),
    "adjustment": ("過去分の精算差額", "Differences of earlier months"),
    "rounding": ("端数処理", "Rounding"),
    "sum": ("合計", "Sum"),
    "figures": ("指標", "Figures"),
    "taken": ("計量器での受電", "Taken in, by the meter"),
    "sent": ("計量器での送電", "Given out, by the meter"),
    "alone": ("融通がない場合の電気代", "Energy without sharing"),
    "saved_of": ("融通による差額", "Worth of sharing"),
    "own_kwh": ("この住戸 kWh", "This flat kWh"),
    "building_kwh": ("建物 kWh", "Building kWh"),
    "made": ("自宅の太陽光の発電量", "Made by own PV"),
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
    "other_meters": ("請求に使える計量器が変わったため", "a change in whose meters may be billed from"),
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
    "note": ("お知らせ（{}）", "Note: {}"),
    "note_count": ("件数", "how many"),
    "note_of": ("うち", "of"),
    "note_alarm": ("警告の限度", "alarm above"),
    "note_charged": ("請求額", "charged"),
    "note_by_tariff": ("料金表による額", "by its tariff"),
    "ways": ("それぞれの数字の根拠", "Where each number comes from"),
    "ways_note": (
        "項目の前の番号と列の a, b, c で数字を指します。[5a] は番号 5 の行の (a) 列の数字です。",
        "The number before an item and the letter of a column name a number: [5a] is that of line 5 under (a).",
    ),
    "number": ("番号", "No."),
    "value": ("値", "Value"),
    "floor": ("切り捨て", "floor"),
    "rounded": ("四捨五入", "round"),
    "unit": ("単位", "Unit"),
    "unit kWh": ("kWh", "kWh"),
    "unit yen": ("円", "yen"),
    "unit whole yen": ("円", "yen"),
    "unit yen/kWh": ("円/kWh", "yen/kWh"),
    "unit part": ("割合", "part"),
    "unit kW": ("kW", "kW"),
    "unit slots": ("コマ", "slots"),
    "unit days": ("日", "days"),
    "index_hash": ("ログ番号:ハッシュ", "Log index:hash"),
    "documents": ("根拠となる文書", "Documents behind the figures"),
    "document": ("文書", "Document"),
    "slots_of": ("{} コマ・記録 {} 件（{}）", "{} slots, {} records ({})"),
    "slots_here": ("下の [{}]", "[{}] below"),
    "slots_attached": ("添付の [{}]", "[{}] of the attachment"),
    "slots_sheet": ("記録の表の [{}]", "[{}] of the sheet of records"),
    "records_by_slot": ("コマごとの記録", "The records of each slot"),
    "evidence": ("根拠となる記録（電力移動証明）", "Records behind the figures (Energy Transfer Proofs)"),
    "evidence_note": (
        "記録 {} 件（ログ番号 {}〜{}）。数字ごと、コマごとの明細は、このPDFに添付の {} にあります。",
        "{} records (log index {} to {}). By number and by slot they stand in {}, which is attached to this PDF.",
    ),
    "digest": ("その SHA-256", "Its SHA-256"),
    "slot": ("コマ", "Slot"),
    "index": ("ログ番号", "Log index"),
    "hash": ("ハッシュ", "Hash"),
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
    "contract_peak": ("最大需要電力の30分", "Heaviest half hour"),
    "band": ("{} の受電量", "From the utility, {}"),
    "export_yen": ("逆潮流の収入", "Income for what was sent out"),
    "taken_kwh": ("受電 kWh", "in kWh"),
    "sent_kwh": ("送電 kWh", "out kWh"),
    "given_kwh": ("融通 kWh", "given kWh"),
    "roof_kwh": ("屋上から kWh", "of roof kWh"),
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
    "finding too many parts": ("記録が細かく分かれすぎたコマがあります。", "values in too many parts:"),
    "finding meters contradict": ("計量値どうしが合わないコマがあります。", "meters contradict one another:"),
    "finding bulk meter unknown": ("受電の計量値が不明のコマがあります。", "the bulk meter is unknown:"),
    "finding loss": ("損失・未計量が多すぎます。", "much is lost or unmetered:"),
    "finding partner's meter": ("取引相手の計量器が使えません。", "a neighbour's meter is not fit for billing:"),
    "finding utility's bill": ("電力会社の請求が料金表と合いません。", "the utility's bill is not by its tariff:"),
    "account": ("入出金のお知らせ", "Account"),
    "account_note": (
        "請求額・入金・預り金の残高は、建物のログにある入出金の記録（末尾の列のログ番号とハッシュ）と精算書（SHA-256）から計算しています。"
        "その後に記帳した入金は含みません。行き違いでお支払いがお済みの場合は、ご容赦ください。",
        "Bills, payments and deposits as the building's log has them: each payment by its record's index and hash, "
        "each bill by its statement's SHA-256. What came in since is not on this sheet.",
    ),
    "accounts": ("入出金一覧", "Accounts of the flats"),
    "log_size": ("ログの記録数", "Entries of the log"),
    "open_pay": ("お支払いいただく額", "Open"),
    "open_get": ("お返しする額", "To be paid to you"),
    "billed_yen": ("請求額（円）", "billed, yen"),
    "paid_yen": ("入金済み（円）", "paid, yen"),
    "open_yen": ("未入金（円）", "open, yen"),
    "deposit_yen": ("預り金（円）", "deposited, yen"),
    "other_yen": ("表にない請求の分（円）", "for other bills, yen"),
    "statement_digest": ("精算書の SHA-256", "SHA-256 of the statement"),
    "bills": ("請求と入金", "Bills, and what was paid of them"),
    "moved": ("入出金・充当", "Payments and set-offs"),
    "void": ("取り消した記録（計算に含みません）", "Taken back: counts for nothing"),
    "day": ("日付", "Day"),
    "paid_for": ("内容", "For"),
    "paid_by": ("方法", "By"),
    "moved_yen": ("入金（出金は −）（円）", "received (paid out: −), yen"),
    "reference": ("整理番号", "Reference"),
    "bill_of": ("{}の請求", "bill of {}"),
    "deposit": ("預り金", "deposit"),
    "deposit_back": ("預り金の返還・充当", "from the deposit"),
    "takes_back": ("記録 {} の取り消し", "takes entry {} back"),
    "earlier_device": ("以前の機器での入出金（{} 件の計）", "with an earlier device ({} payments)"),
    "way debit": ("口座振替", "bank debit"),
    "way transfer": ("振込", "bank transfer"),
    "way cash": ("現金", "cash"),
    "way set_off": ("充当・相殺", "set off"),
    "page": ("{} / {} ページ", "page {} of {}"),
}


_UTILITY: Final[Mapping[LineKind, str]] = {
    LineKind.BASIC: "basic",
    LineKind.ENERGY: "utility_energy",
    LineKind.FUEL: "fuel",
    LineKind.LEVY: "levy",
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
        return f"{self.of_finding(finding)} {self.detail(finding)}"

    def of_finding(self, finding: Finding) -> str:
        """Say of whom a finding is, and of which kind."""
        return " ".join(filter(None, (finding.party, self[f"finding {finding.kind}"])))

    def sentence(self, key: str) -> str:
        """Return the sentence of a finding with its places empty."""
        told = sentence(key)
        return told.english if self._at else told.japanese

    def utility_line(self, kind: LineKind) -> str:
        """Say what a line of the utility's bill is for."""
        return self[_UTILITY[kind]]

    def detail(self, finding: Finding) -> str:
        """Say what exactly somebody should look at."""
        return finding.told.english if self._at else finding.told.japanese

    def other(self, name: str) -> str:
        """Say the name of an account that is no flat's; as it is, where there is no word for it."""
        found = _OTHERS.get(name)
        return name if found is None else found[self._at]
