"""The routes of the account pages, by the names that allauth leads to. Those of its pages that are not here cannot be opened."""

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import path

from qipan.faces.account import acts, letters, pages
from qipan.faces.account.entering import code_page, entrance, guarded, inside
from qipan.faces.account.openid import apps, authorising, endpoints
from qipan.faces.look.access import access, anyone

acts.put_on_record()

urlpatterns = [
    entrance("sign-in/", account.login, "account_login"),
    entrance("register/", account.signup, "account_signup"),
    entrance("sign-in/code/", account.request_login_code, "account_request_login_code"),
    code_page("sign-in/code/confirm/", account.confirm_login_code, "account_confirm_login_code"),
    code_page("phone/confirm/", account.verify_phone, "account_verify_phone"),
    entrance("sign-in/second/", factors.authenticate, "mfa_authenticate"),
    entrance("sign-in/passkey/", passkeys.login_webauthn, "mfa_login_webauthn"),
    path("stopped/", access(anyone)(pages.inactive), name="account_inactive"),
    inside("", pages.home, "account_home"),
    inside("leave/", pages.leave, "account_leave"),
    inside("apps/", apps.apps, "account_apps"),
    path("openid/authorise", access(anyone)(authorising.authorise), name="openid_authorise"),
    path("openid/token", access(anyone)(endpoints.token), name="openid_token"),
    path("openid/userinfo", access(anyone)(endpoints.userinfo), name="openid_userinfo"),
    inside("devices/", pages.devices, "account_devices"),
    inside("real-name/", pages.real_name, "account_real_name"),
    inside("level/", pages.higher, "account_higher"),
    inside("again/", account.reauthenticate, "account_reauthenticate"),
    inside("again/second/", factors.reauthenticate, "mfa_reauthenticate"),
    inside("again/passkey/", passkeys.reauthenticate_webauthn, "mfa_reauthenticate_webauthn"),
    guarded("password/", pages.password, "account_password"),
    guarded("phone/", account.change_phone, "account_change_phone", sends=True),
    guarded("email/", letters.email, "account_email", sends=True),
    inside("email/confirm/<str:token>/", letters.confirm, "account_confirm_email"),
    inside("security/", pages.to_home, "mfa_index"),
    inside("passkeys/", pages.to_home, "mfa_list_webauthn"),
    guarded("passkeys/add/", passkeys.add_webauthn, "mfa_add_webauthn"),
    guarded("passkeys/<int:pk>/remove/", passkeys.remove_webauthn, "mfa_remove_webauthn"),
    guarded("authenticator/", totp.activate_totp, "mfa_activate_totp"),
    guarded("authenticator/remove/", totp.deactivate_totp, "mfa_deactivate_totp"),
    guarded("recovery-codes/", recovery.view_recovery_codes, "mfa_view_recovery_codes"),
    guarded("recovery-codes/new/", recovery.generate_recovery_codes, "mfa_generate_recovery_codes"),
]
