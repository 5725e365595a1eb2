"""Run by the Python of py-bbclib's environment: what py-bbclib reads in a transaction, as JSON.

py-bbclib 1.6.1 asks of `cryptography` what was taken out of it years ago, for keys only. So its module of keys is
replaced by one that does P-256 on today's `cryptography`; formats, ids and what gets verified are py-bbclib's own.
Of `bson`, which no longer builds, only its formats of before 2019 make use.
"""

import json
from pathlib import Path
import sys
from types import ModuleType

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256

PREHASHED = ec.ECDSA(utils.Prehashed(SHA256()))


class KeyType:
    NOT_INITIALIZED = 0
    ECDSA_SECP256k1 = 1
    ECDSA_P256v1 = 2


class KeyPair:
    """P-256 alone, as a signature of py-bbclib uses it."""

    def __init__(self, curvetype, privkey=None, pubkey=None):
        assert curvetype == KeyType.ECDSA_P256v1
        self.curvetype = curvetype
        self.private = ec.derive_private_key(int.from_bytes(privkey), ec.SECP256R1()) if privkey else None
        self.public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), pubkey)
        self.public_key = pubkey

    def sign(self, digest):
        r, s = utils.decode_dss_signature(self.private.sign(digest, PREHASHED))
        return r.to_bytes(32) + s.to_bytes(32)

    def verify(self, digest, signature):
        r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
        try:
            self.public.verify(utils.encode_dss_signature(r, s), digest, PREHASHED)
        except InvalidSignature:
            return False
        return True


keys = ModuleType("bbclib.libs.bbclib_keypair")
keys.KeyPair, keys.KeyType = KeyPair, KeyType
sys.modules |= {keys.__name__: keys, "bson": ModuleType("bson")}

import bbclib  # noqa: E402  (it looks for its keys when it is imported)


def read(transaction: Path, file: Path) -> dict[str, object]:
    data = transaction.read_bytes()
    parsed, wire = bbclib.deserialize(data)
    valid, *_ = bbclib.validate_transaction_object(parsed)
    relation = parsed.relations[0]
    asset = relation.asset
    return {
        "wire": wire,
        "valid": valid,
        "written_again": bbclib.serialize(parsed) == data,
        "version": parsed.version,
        "timestamp": parsed.timestamp,
        "id": parsed.digest().hex(),
        "group": relation.asset_group_id.hex(),
        "asset": asset.asset_id.hex(),
        "asset_again": asset.digest().hex(),
        "user": asset.user_id.hex(),
        "body": asset.asset_body.decode(),
        "file": asset.recover_asset_file(file.read_bytes()),
        "pointers": [[pointer.transaction_id.hex(), pointer.asset_id.hex()] for pointer in relation.pointers],
        "witnesses": [user.hex() for user in parsed.witness.user_ids],
    }


def write(told: dict[str, str | int]) -> str:
    """What py-bbclib writes by itself from the same values, but for its signature, in hex."""
    transaction = bbclib.make_transaction(relation_num=1, witness=True, version=2)
    transaction.timestamp = told["timestamp"]
    user, key = bytes.fromhex(told["witness"]), bytes.fromhex(told["public_key"])
    bbclib.add_relation_asset(
        transaction,
        relation_idx=0,
        asset_group_id=bytes.fromhex(told["group"]),
        user_id=bytes.fromhex(told["user"]),
        asset_body=told["body"],
        asset_file=bytes.fromhex(told["file"]),
    )
    asset = transaction.relations[0].asset
    asset.nonce = bytes.fromhex(told["nonce"])
    asset.digest()
    if "pointer" in told:
        before, of = (bytes.fromhex(part) for part in told["pointer"])
        bbclib.add_relation_pointer(transaction, 0, ref_transaction_id=before, ref_asset_id=of)
    transaction.witness.add_witness(user)
    signature = bbclib.BBcSignature(key_type=KeyType.ECDSA_P256v1)
    signature.add(signature=bytes.fromhex(told["signature"]), pubkey=key)
    transaction.add_signature_object(user_id=user, signature=signature)
    return bbclib.serialize(transaction).hex()


if __name__ == "__main__":
    if sys.argv[1] == "read":
        sys.stdout.write(json.dumps(read(Path(sys.argv[2]), Path(sys.argv[3]))))
    else:
        sys.stdout.write(write(json.loads(sys.argv[2])))
