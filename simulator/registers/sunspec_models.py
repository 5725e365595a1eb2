"""The SunSpec models that the simulated inverters carry, point by point in the order of sunspec/models (2026-04-22)."""

from typing import Final

from .sunspec import Model, model

MODEL_1: Final = model(
    1,
    """
    Mn:str16 Md:str16 Opt:str8 Vr:str8 SN:str16 DA:u16:rw Pad:pad
    """,
)
"""Identity."""

MODEL_101: Final = model(
    101,
    """
    A:u16 AphA:u16 AphB:u16 AphC:u16 A_SF:sf PPVphAB:u16 PPVphBC:u16 PPVphCA:u16 PhVphA:u16 PhVphB:u16
    PhVphC:u16 V_SF:sf W:i16 W_SF:sf Hz:u16 Hz_SF:sf VA:i16 VA_SF:sf VAr:i16 VAr_SF:sf PF:i16 PF_SF:sf WH:acc32
    WH_SF:sf DCA:u16 DCA_SF:sf DCV:u16 DCV_SF:sf DCW:i16 DCW_SF:sf TmpCab:i16 TmpSnk:i16 TmpTrns:i16 TmpOt:i16
    Tmp_SF:sf St:e16 StVnd:e16 Evt1:b32 Evt2:b32 EvtVnd1:b32 EvtVnd2:b32 EvtVnd3:b32 EvtVnd4:b32
    """,
)
"""Single-phase inverter, integers with scale factors."""

MODEL_120: Final = model(
    120,
    """
    DERTyp:e16 WRtg:u16 WRtg_SF:sf VARtg:u16 VARtg_SF:sf VArRtgQ1:i16 VArRtgQ2:i16 VArRtgQ3:i16 VArRtgQ4:i16
    VArRtg_SF:sf ARtg:u16 ARtg_SF:sf PFRtgQ1:i16 PFRtgQ2:i16 PFRtgQ3:i16 PFRtgQ4:i16 PFRtg_SF:sf WHRtg:u16
    WHRtg_SF:sf AhrRtg:u16 AhrRtg_SF:sf MaxChaRte:u16 MaxChaRte_SF:sf MaxDisChaRte:u16 MaxDisChaRte_SF:sf
    Pad:pad
    """,
)
"""Nameplate."""

MODEL_121: Final = model(
    121,
    """
    WMax:u16:rw VRef:u16:rw VRefOfs:i16:rw VMax:u16:rw VMin:u16:rw VAMax:u16:rw VArMaxQ1:i16:rw VArMaxQ2:i16:rw
    VArMaxQ3:i16:rw VArMaxQ4:i16:rw WGra:u16:rw PFMinQ1:i16:rw PFMinQ2:i16:rw PFMinQ3:i16:rw PFMinQ4:i16:rw
    VArAct:e16:rw ClcTotVA:e16:rw MaxRmpRte:u16:rw ECPNomHz:u16:rw ConnPh:e16:rw WMax_SF:sf VRef_SF:sf
    VRefOfs_SF:sf VMinMax_SF:sf VAMax_SF:sf VArMax_SF:sf WGra_SF:sf PFMin_SF:sf MaxRmpRte_SF:sf ECPNomHz_SF:sf
    """,
)
"""Basic settings."""

MODEL_122: Final = model(
    122,
    """
    PVConn:b16 StorConn:b16 ECPConn:b16 ActWh:acc64 ActVAh:acc64 ActVArhQ1:acc64 ActVArhQ2:acc64 ActVArhQ3:acc64
    ActVArhQ4:acc64 VArAval:i16 VArAval_SF:sf WAval:u16 WAval_SF:sf StSetLimMsk:b32 StActCtl:b32 TmSrc:str4
    Tms:u32 RtSt:b16 Ris:u16 Ris_SF:sf
    """,
)
"""Measurements and status."""

MODEL_123: Final = model(
    123,
    """
    Conn_WinTms:u16:rw Conn_RvrtTms:u16:rw Conn:e16:rw WMaxLimPct:u16:rw WMaxLimPct_WinTms:u16:rw
    WMaxLimPct_RvrtTms:u16:rw WMaxLimPct_RmpTms:u16:rw WMaxLim_Ena:e16:rw OutPFSet:i16:rw OutPFSet_WinTms:u16:rw
    OutPFSet_RvrtTms:u16:rw OutPFSet_RmpTms:u16:rw OutPFSet_Ena:e16:rw VArWMaxPct:i16:rw VArMaxPct:i16:rw
    VArAvalPct:i16:rw VArPct_WinTms:u16:rw VArPct_RvrtTms:u16:rw VArPct_RmpTms:u16:rw VArPct_Mod:e16:rw
    VArPct_Ena:e16:rw WMaxLimPct_SF:sf OutPFSet_SF:sf VArPct_SF:sf
    """,
)
"""Immediate controls."""

MODEL_124: Final = model(
    124,
    """
    WChaMax:u16:rw WChaGra:u16:rw WDisChaGra:u16:rw StorCtl_Mod:b16:rw VAChaMax:u16:rw MinRsvPct:u16:rw
    ChaState:u16 StorAval:u16 InBatV:u16 ChaSt:e16 OutWRte:i16:rw InWRte:i16:rw InOutWRte_WinTms:u16:rw
    InOutWRte_RvrtTms:u16:rw InOutWRte_RmpTms:u16:rw ChaGriSet:e16:rw WChaMax_SF:sf WChaDisChaGra_SF:sf
    VAChaMax_SF:sf MinRsvPct_SF:sf ChaState_SF:sf StorAval_SF:sf InBatV_SF:sf InOutWRte_SF:sf
    """,
)
"""Basic storage control."""


def _mppt(inputs: int) -> Model:
    return model(
        160,
        "DCA_SF:sf DCV_SF:sf DCW_SF:sf DCWH_SF:sf Evt:b32 N:u16 TmsPer:u16 "
        + " ".join(
            f"{k}.ID:u16 {k}.IDStr:str8 {k}.DCA:u16 {k}.DCV:u16 {k}.DCW:u16 {k}.DCWH:acc32 {k}.Tms:u32 {k}.Tmp:i16 "
            f"{k}.DCSt:e16 {k}.DCEvt:b32"
            for k in range(1, inputs + 1)
        ),
    )


MODEL_160: Final = _mppt(4)
"""MPPT extension with four inputs: two PV strings, the battery charging, the battery discharging."""

MODEL_160_PV: Final = _mppt(2)
"""MPPT extension of an inverter without a battery: two PV strings."""

MODEL_701: Final = model(
    701,
    """
    ACType:e16 St:e16 InvSt:e16 ConnSt:e16 Alrm:b32 DERMode:b32 W:i16 VA:i16 Var:i16 PF:i16 A:i16 LLV:u16
    LNV:u16 Hz:u32 TotWhInj:u64 TotWhAbs:u64 TotVarhInj:u64 TotVarhAbs:u64 TmpAmb:i16 TmpCab:i16 TmpSnk:i16
    TmpTrns:i16 TmpSw:i16 TmpOt:i16 WL1:i16 VAL1:i16 VarL1:i16 PFL1:i16 AL1:i16 VL1L2:u16 VL1:u16 TotWhInjL1:u64
    TotWhAbsL1:u64 TotVarhInjL1:u64 TotVarhAbsL1:u64 WL2:i16 VAL2:i16 VarL2:i16 PFL2:i16 AL2:i16 VL2L3:u16
    VL2:u16 TotWhInjL2:u64 TotWhAbsL2:u64 TotVarhInjL2:u64 TotVarhAbsL2:u64 WL3:i16 VAL3:i16 VarL3:i16 PFL3:i16
    AL3:i16 VL3L1:u16 VL3:u16 TotWhInjL3:u64 TotWhAbsL3:u64 TotVarhInjL3:u64 TotVarhAbsL3:u64 ThrotPct:u16
    ThrotSrc:b32 A_SF:sf V_SF:sf Hz_SF:sf W_SF:sf PF_SF:sf VA_SF:sf Var_SF:sf TotWh_SF:sf TotVarh_SF:sf
    Tmp_SF:sf MnAlrmInfo:str32
    """,
)
"""DER AC measurement."""

MODEL_702: Final = model(
    702,
    """
    WMaxRtg:u16 WOvrExtRtg:u16 WOvrExtRtgPF:u16 WUndExtRtg:u16 WUndExtRtgPF:u16 VAMaxRtg:u16 VarMaxInjRtg:u16
    VarMaxAbsRtg:u16 WChaRteMaxRtg:u16 WDisChaRteMaxRtg:u16 VAChaRteMaxRtg:u16 VADisChaRteMaxRtg:u16 VNomRtg:u16
    VMaxRtg:u16 VMinRtg:u16 AMaxRtg:u16 PFOvrExtRtg:u16 PFUndExtRtg:u16 ReactSusceptRtg:u16 NorOpCatRtg:e16
    AbnOpCatRtg:e16 CtrlModes:b32 IntIslandCatRtg:b16 WMax:u16:rw WMaxOvrExt:u16:rw WOvrExtPF:u16:rw
    WMaxUndExt:u16:rw WUndExtPF:u16:rw VAMax:u16:rw VarMaxInj:u16:rw VarMaxAbs:u16:rw WChaRteMax:u16:rw
    WDisChaRteMax:u16:rw VAChaRteMax:u16:rw VADisChaRteMax:u16:rw VNom:u16:rw VMax:u16:rw VMin:u16:rw
    AMax:u16:rw PFOvrExt:u16:rw PFUndExt:u16:rw IntIslandCat:b16:rw W_SF:sf PF_SF:sf VA_SF:sf Var_SF:sf V_SF:sf
    A_SF:sf S_SF:sf
    """,
)
"""DER capacity."""

MODEL_703: Final = model(
    703,
    """
    ES:e16:rw ESVHi:u16:rw ESVLo:u16:rw ESHzHi:u32:rw ESHzLo:u32:rw ESDlyTms:u32:rw ESRndTms:u32:rw
    ESRmpTms:u32:rw ESDlyRemTms:u32 V_SF:sf Hz_SF:sf
    """,
)
"""Enter service."""

MODEL_704: Final = model(
    704,
    """
    PFWInjEna:e16:rw PFWInjEnaRvrt:e16:rw PFWInjRvrtTms:u32:rw PFWInjRvrtRem:u32 PFWAbsEna:e16:rw
    PFWAbsEnaRvrt:e16:rw PFWAbsRvrtTms:u32:rw PFWAbsRvrtRem:u32 WMaxLimPctEna:e16:rw WMaxLimPct:u16:rw
    WMaxLimPctRvrt:u16:rw WMaxLimPctEnaRvrt:e16:rw WMaxLimPctRvrtTms:u32:rw WMaxLimPctRvrtRem:u32 WSetEna:e16:rw
    WSetMod:e16:rw WSet:i32:rw WSetRvrt:i32:rw WSetPct:i16:rw WSetPctRvrt:i16:rw WSetEnaRvrt:e16:rw
    WSetRvrtTms:u32:rw WSetRvrtRem:u32 VarSetEna:e16:rw VarSetMod:e16:rw VarSetPri:e16:rw VarSet:i32:rw
    VarSetRvrt:i32:rw VarSetPct:i16:rw VarSetPctRvrt:i16:rw VarSetEnaRvrt:e16:rw VarSetRvrtTms:u32:rw
    VarSetRvrtRem:u32 WRmp:u16:rw WRmpRef:e16:rw VarRmp:u16:rw AntiIslEna:e16:rw PF_SF:sf WMaxLimPct_SF:sf
    WSet_SF:sf WSetPct_SF:sf VarSet_SF:sf VarSetPct_SF:sf PFWInj.PF:u16:rw PFWInj.Ext:e16:rw
    PFWInjRvrt.PF:u16:rw PFWInjRvrt.Ext:e16:rw PFWAbs.PF:u16:rw PFWAbs.Ext:e16:rw PFWAbsRvrt.PF:u16:rw
    PFWAbsRvrt.Ext:e16:rw
    """,
)
"""DER AC controls."""

MODEL_713: Final = model(
    713,
    """
    WHRtg:u16 WHAvail:u16 SoC:u16 SoH:u16 Sta:e16 WH_SF:sf Pct_SF:sf
    """,
)
"""DER storage capacity."""


def _dc_ports(ports: int) -> Model:
    return model(
        714,
        "PrtAlrms:b32 NPrt:u16 DCA:i16 DCW:i16 DCWhInj:u64 DCWhAbs:u64 DCA_SF:sf DCV_SF:sf DCW_SF:sf DCWH_SF:sf "
        "Tmp_SF:sf "
        + " ".join(
            f"{k}.PrtTyp:e16 {k}.ID:u16 {k}.IDStr:str8 {k}.DCA:i16 {k}.DCV:u16 {k}.DCW:i16 {k}.DCWhInj:u64 "
            f"{k}.DCWhAbs:u64 {k}.Tmp:i16 {k}.DCSta:e16 {k}.DCAlrm:b32"
            for k in range(ports)
        ),
    )


MODEL_714: Final = _dc_ports(2)
"""DER DC measurement with two ports: PV, and the battery."""

MODEL_714_PV: Final = _dc_ports(1)
"""DER DC measurement of an inverter without a battery: PV alone."""

MODEL_715: Final = model(
    715,
    """
    LocRemCtl:e16 DERHb:u32 ControllerHb:u32:rw AlarmReset:u16:rw OpCtl:e16:rw
    """,
)
"""DER control."""
