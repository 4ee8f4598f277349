"""What allauth's OpenID provider asks of us: who somebody is to an app, what it may know, and with which key that is signed."""

from collections.abc import Iterable
from typing import Any, Literal

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.idp.oidc.models import Client, PrivateKey
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from qipan.accounts import directory, queries
from qipan.accounts.app_keys import opened
from qipan.accounts.models import Account
from qipan.accounts.rows import AppKeyRow
from qipan.catalogue import queries as catalogue
from qipan.core.assurance import Assurance
from qipan.core.declarations import Library
from qipan.core.walls import Crossing, Purpose, Relation, Zone, decide
from qipan.faces.account.holder import own
from qipan.faces.account.openid.levels import acr_of

NAME = "Person.name"


class Provider(DefaultOIDCAdapter):
    """See `IDP_OIDC_ADAPTER` in allauth's handbook."""

    _app = ""  # whose token is being signed

    def get_user_sub(self, client: Client, user: AbstractBaseUser) -> str:
        """What the app calls them: see AppSubject."""
        return queries.subject_of(own(user).id, str(client.id))

    def get_user_by_sub(self, client: Client, sub: str) -> Account | None:
        """Whom the app calls so, while they consent to it."""
        number = queries.let_in(sub, str(client.id))
        account = directory.of_number(number) if number is not None else None
        return account if account is not None and account.is_active else None

    def get_claims(
        self,
        purpose: Literal["id_token", "userinfo"],
        user: AbstractBaseUser,
        client: Client,
        scopes: Iterable[str],
        email: str | None = None,  # noqa: ARG002 -- as allauth calls it
        **kwargs: Any,  # noqa: ARG002 -- as allauth calls it
    ) -> dict[str, Any]:
        """As little as can be: who it is to this app, how sure that is, and, on asking, the name where that was agreed to."""
        known = queries.known_to_app(own(user).id, str(client.id))
        if known is None:
            return {}
        claims: dict[str, Any] = {"sub": self.get_user_sub(client, user), "acr": acr_of(known.level)}
        if purpose == "id_token":
            claims["auth_time"] = int(known.signed_in_at.timestamp())
        elif "profile" in scopes and known.level >= Assurance.REAL_NAME and _may_be_told(str(client.id)):
            claims["name"] = known.name
        return claims

    def populate_id_token(
        self,
        id_token: dict[str, Any],  # noqa: ARG002 -- as allauth calls it
        client: Client,
        scopes: Iterable[str],  # noqa: ARG002 -- as allauth calls it
        **kwargs: Any,  # noqa: ARG002 -- as allauth calls it
    ) -> None:
        """Note whose it is, just before the key is asked for."""
        self._app = str(client.id)

    def list_private_keys(
        self, *, did_activate: Literal[True] | None = None, is_active: Literal[True] | None = None
    ) -> list[PrivateKey]:
        """Every app's keys; of one alone, while a token of its is being signed."""
        now = timezone.now()
        keys = [one for one in queries.app_keys(now) if self._app in {"", one.app}]
        keys = [one for one in keys if not did_activate or one.begins_at <= now]
        return [_key(one) for one in keys if not is_active or one.ends_at is None or one.ends_at > now]


def name_may_go_to(library: Library, kind: str) -> bool:
    """Whether the walls let a name pass, with its owner's consent, to apps of this kind of agency."""
    agency, element = library.agencies.get(kind), library.elements.get(NAME)
    taker = agency.zone if agency else Zone.OUTSIDE
    if element is None:
        return False
    crossing = Crossing(Zone.INSIDE, taker, element.grade, Purpose.USE, consent=True, relation=Relation.NONE)
    return decide(crossing).passes


def _may_be_told(number: str) -> bool:
    app = queries.app(number)
    return app is not None and name_may_go_to(catalogue.current_library(), app.kind)


def _key(row: AppKeyRow) -> PrivateKey:
    return PrivateKey(
        pem=opened(row.sealed), not_before=row.begins_at, expires_at=row.ends_at, issued_at=row.created_at
    )
