"""Why a certificate was not believed, in words that say what to do: to the resident, or to the manager.

A flat speaks https with whatever its machine trusts. What OpenSSL says when that fails names the fault, not the remedy,
and often it is the address that is wrong rather than the certificate.
"""

import ssl
from typing import Final

import aiohttp

_BY_CODE: Final = {
    9: "it is not good yet: set this machine's clock, or ask the building manager",
    10: "it has expired: ask the building manager to renew it, or set this machine's clock",
    18: "no authority that this machine trusts has issued it: ask the building manager for one of a public authority, "
    "or let this machine trust the building's",
    62: "it is for another name: use the address with the name that it is for, as the building manager gave it",
}
"""By OpenSSL's X509_V_ERR_…; several mean the same for a person."""
_SAME: Final = {19: 18, 20: 18, 21: 18, 64: 62}


def distrust(error: BaseException) -> str | None:
    """Return what is wrong with a certificate, as an error of aiohttp tells; None for one that is about none."""
    if not isinstance(error, aiohttp.ClientConnectorCertificateError):
        return None
    fault = error.certificate_error
    if not isinstance(fault, ssl.SSLCertVerificationError):
        return f"its certificate is not believed ({fault})"
    remedy = _BY_CODE.get(_SAME.get(fault.verify_code, fault.verify_code), "ask the building manager")
    return f"its certificate is not believed ({fault.verify_message}): {remedy}"
