"""What somebody new does at the screen: registers, shows who they are, adds a passkey."""

from playwright.sync_api import Page, expect

from tests.accounts.newcomer import PASSWORD, Phone

AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def give_authenticator(page: Page) -> None:
    """Give the browser an authenticator that knows its owner."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})


def register(page: Page, phone: Phone) -> None:
    """From the page to register: the number, a password, and the code that comes to it."""
    page.get_by_label("手机号").fill(phone.number)
    page.get_by_label("密码").fill(PASSWORD)
    type_code(page, phone)


def sign_in_by_code(page: Page, phone: Phone) -> None:
    """From the page to sign in, without the password."""
    page.get_by_role("link", name="用短信验证码").click()
    page.get_by_label("手机号").fill(phone.number)
    type_code(page, phone)


def type_code(page: Page, phone: Phone) -> None:
    """Have a code sent, and type it in."""
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("输入验证码")
    page.get_by_label("验证码").fill(phone.code)
    page.get_by_role("button", name="确认").click()


def show_name(page: Page, name: str, id_number: str) -> None:
    """On the page of the real name, to which whoever wants more than to look is led."""
    expect(page.get_by_role("heading", level=1)).to_have_text("实名")
    page.get_by_label("姓名").fill(name)
    page.get_by_label("公民身份号码").fill(id_number)
    page.get_by_role("button", name="同意查询，开始核验").click()


def confirm_password(page: Page) -> None:
    """Where an account is changed: show again that it is they."""
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="确认").click()


def add_passkey(page: Page) -> None:
    """From the account's page, and back to it."""
    page.get_by_role("link", name="加一把").click()
    confirm_password(page)
    page.get_by_label("给它起个名字").fill("我的手机")
    page.get_by_role("button", name="加上").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("恢复码")
    page.get_by_role("link", name="记好了").click()
