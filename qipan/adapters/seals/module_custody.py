"""Keys in a module of PKCS#11 (a certified card or server): they are made there, sign there, and never leave it.

Modules seldom know SM2, and SoftHSM does not: keys of suites other than ES256 stay in files. A URI of RFC 7512 says which module
and token, and in which file its PIN is: ``pkcs11:token=qipan?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/etc/pin``.
"""

import hashlib
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple
from urllib.parse import unquote
from uuid import uuid4

import pkcs11
from asn1crypto.core import OctetString
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.util.ec import encode_named_curve_parameters

from qipan.adapters.seals import es256
from qipan.adapters.seals.custody import FileCustody, Kept, NoSuchKey
from qipan.adapters.seals.keys import PrivateKey, Suite

SCHEME = "pkcs11:"
_TURN = Lock()
P256 = encode_named_curve_parameters("secp256r1")


class WrongAddress(ValueError):
    """Write it as pkcs11:token=LABEL?module-path=/path/to/module.so&pin-source=file:/path/to/pin"""


class KeyStays(Exception):
    """This key is in a module, which does not give it away."""


class Address(NamedTuple):
    """Which module, which token in it, and the PIN."""

    module: str
    token: str
    pin: str


def read_address(uri: str) -> Address:
    """Read a URI of RFC 7512, and the PIN from the file that it names; raises WrongAddress."""
    path, _, query = uri.removeprefix(SCHEME).partition("?")
    named = dict(one.partition("=")[::2] for one in path.split(";"))
    asked = dict(one.partition("=")[::2] for one in query.split("&"))
    try:
        pin = Path(unquote(asked["pin-source"]).removeprefix("file:")).read_text(encoding="utf-8").strip()
        return Address(unquote(asked["module-path"]), unquote(named["token"]), pin)
    except (KeyError, OSError):
        raise WrongAddress(f"{uri}: {WrongAddress.__doc__}") from None


class _PrivateInModule:
    """A handle on a key; calls of one session are made one after another."""

    def __init__(self, key: Any, public: es256.PublicES256) -> None:
        self._key = key
        self.public = public

    def sign(self, message: bytes) -> bytes:
        """Sign a whole message: ``r ‖ s``."""
        digest = hashlib.sha256(message).digest()
        with _TURN:
            return bytes(self._key.sign(digest, mechanism=Mechanism.ECDSA))

    def pem(self) -> bytes:
        """Raise KeyStays."""
        raise KeyStays(str(KeyStays.__doc__))


class ModuleCustody:
    """Keeps ES256 keys in a token, all others in files."""

    def __init__(self, address: Address, files: FileCustody) -> None:
        self._address, self._files = address, files
        self._read: dict[str, PrivateKey] = {}

    def make(self, suite: Suite) -> Kept:
        """Make a key, within the module where it is of ES256."""
        if suite is not Suite.ES256:
            return self._files.make(suite)
        name = f"{SCHEME}{uuid4().hex}"
        with _TURN:
            parameters = self._session.create_domain_parameters(
                KeyType.EC, {Attribute.EC_PARAMS: P256}, local=True
            )
            parameters.generate_keypair(
                store=True,
                label=name,
                id=name.encode(),
                private_template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False},
            )
        return Kept(name, self.key(name, suite).public)

    def key(self, name: str, suite: Suite) -> PrivateKey:
        """What signs with a key, in the module or from its file; raises NoSuchKey."""
        if not name.startswith(SCHEME):
            return self._files.key(name, suite)
        if name not in self._read:
            self._read[name] = PrivateKey(suite, self._found(name))
        return self._read[name]

    def _found(self, name: str) -> _PrivateInModule:
        try:
            with _TURN:
                private = self._session.get_key(ObjectClass.PRIVATE_KEY, KeyType.EC, label=name)
                public = self._session.get_key(ObjectClass.PUBLIC_KEY, KeyType.EC, label=name)
                point = OctetString.load(bytes(public[Attribute.EC_POINT])).native
        except pkcs11.NoSuchKey:
            raise NoSuchKey(f"{name}: {NoSuchKey.__doc__}") from None
        return _PrivateInModule(private, es256.read_raw(point))

    @property
    def _session(self) -> pkcs11.Session:
        return _opened(self._address)


@cache
def _opened(address: Address) -> pkcs11.Session:
    """The one session of this process with a token: a module signs a user in once."""
    token = pkcs11.lib(address.module).get_token(token_label=address.token)
    return token.open(rw=True, user_pin=address.pin)


def in_module(uri: str, files: FileCustody) -> ModuleCustody:
    """Keep keys where a URI says; the module is opened when it is first asked for something. Raises WrongAddress."""
    return ModuleCustody(read_address(uri), files)
