"""Encryption of fields and files with rotating keys, and keyed hashes to look values up by.

A sealed value is: version (1 byte), length of the key id (1 byte), key id (ASCII), nonce (12 bytes), AES-256-GCM
ciphertext with its tag. Header and `context` are authenticated: a value moved to another column does not open.
"""

from vssid.crypto.fields import EncryptedTextField
from vssid.crypto.hashing import code_hash, keyed_hash
from vssid.crypto.sealing import DecryptionFailed, UnknownKey, current_header, decrypt, encrypt

__all__ = [
    "DecryptionFailed",
    "EncryptedTextField",
    "UnknownKey",
    "code_hash",
    "current_header",
    "decrypt",
    "encrypt",
    "keyed_hash",
]
