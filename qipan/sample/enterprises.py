"""Synthetic enterprises, the places where they work, and what registers know of both, by element word."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from qipan.adapters import divisions
from qipan.core.declarations import Level
from qipan.core.elements import Value
from qipan.sample.dice import dice_of, happens
from qipan.sample.identifiers import credit_code, digits, mobile
from qipan.sample.names import ROADS, given_name, surname, trade_name
from qipan.sample.people import AS_OF, FEMALE, PROVINCE, Resident

Facts = dict[str, Value | None]


class Trade(NamedTuple):
    """What an enterprise does: its class in GB/T 4754, how its name ends, and its scope in the licence."""

    industry: str
    ending: str
    scope: str
    weight: int


RESTAURANT = Trade("6210", "餐饮管理有限公司", "餐饮服务；食品销售；外卖递送服务", 18)
TRADES = (
    RESTAURANT,
    Trade("6291", "小吃有限公司", "餐饮服务；小吃制售", 8),
    Trade("6231", "茶业有限公司", "茶叶销售；餐饮服务", 6),
    Trade("5137", "贸易有限公司", "日用百货批发；货物进出口", 16),
    Trade("1761", "纺织有限公司", "面料纺织加工；针纺织品销售；货物进出口", 14),
    Trade("3484", "机械有限公司", "机械零部件加工；机械设备销售；货物进出口", 12),
    Trade("6513", "信息技术有限公司", "软件开发；信息系统集成服务", 14),
    Trade("5013", "装饰工程有限公司", "住宅室内装饰装修；建筑材料销售", 7),
    Trade("7244", "文化创意有限公司", "广告设计、代理；文艺创作", 5),
)
CATERING = frozenset({"6210", "6291", "6231"})
EXPORTING = frozenset({"5137", "1761", "3484"})
CHAINS = 8  # head offices of catering chains
BANKS = ("中国工商银行", "中国农业银行", "中国建设银行", "浙江稠州商业银行", "杭州银行")


class Premises(NamedTuple):
    """A place of business in a building."""

    property_number: str
    unit_number: str
    region: str
    address: str
    owner: str
    use: str
    area: float
    storeys: int


@dataclass(slots=True, eq=False)
class Enterprise:
    """An enterprise. ``told`` holds facts that a story fixes, by element word; all others are drawn by dice."""

    credit_code: str
    name: str
    trade: Trade
    premises: Premises
    established_on: date
    representative: Resident | None = None
    chain_brand: str = ""
    employees: int = 1
    told: dict[str, Value | None] = field(default_factory=dict)

    @property
    def caters(self) -> bool:
        return self.trade.industry in CATERING


class Enterprises:
    """Draws enterprises and premises; the same dice give the same ones."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self._serial = 0
        self._names: set[str] = set()
        self._counties = divisions.sample_divisions().at(Level.COUNTY, under=PROVINCE)

    def premises(self, county: str = "", use: str = "31") -> Premises:
        """Draw a place of business, by default anywhere in the province."""
        dice, region = self.dice, county or self.dice.choice(self._counties).code
        where = divisions.full_name(region).removeprefix("浙江省")
        return Premises(
            f"浙({dice.randrange(2009, AS_OF.year)}){where}不动产权第{digits(dice, 7)}号",
            f"{region}{digits(dice, 6)}GB{dice.randrange(10**5):05}F{dice.randrange(10**8):08}",
            region,
            f"浙江省{where}{dice.choice(ROADS)}路{dice.randrange(1, 999)}号{dice.randrange(1, 6)}幢{dice.randrange(101, 320)}室",
            surname(dice) + given_name(dice, FEMALE, 1970),
            use,
            round(dice.uniform(40, 900), 1),
            dice.randrange(1, 24),
        )

    def enterprise(self, trade: Trade | None = None, county: str = "", name: str = "") -> Enterprise:
        """Draw an enterprise with a name that no other has."""
        trade = trade or self.dice.choices(TRADES, [each.weight for each in TRADES])[0]
        premises = self.premises(
            county, "31" if trade.industry in CATERING else self.dice.choice(("20", "30", "60"))
        )
        city = divisions.full_name(premises.region[:4]).removeprefix("浙江省").removesuffix("市")
        while not name or name in self._names:
            name = f"{city}{trade_name(self.dice)}{trade.ending}"
        self._names.add(name)
        self._serial += 1
        made = Enterprise(
            credit_code(premises.region, self._serial),
            name,
            trade,
            premises,
            AS_OF - timedelta(days=self.dice.randrange(40, 6000)),
        )
        made.employees = self.dice.choice((2, 3, 5, 8, 12, 20, 45, 120))
        return made


def premises_facts(premises: Premises) -> Facts:
    """Say what the property and building registers know of a place, whoever works or moves there."""
    building = dice_of(f"building of {premises.unit_number}")
    return {
        "property_number": premises.property_number,
        "new_property_number": premises.property_number,
        "premises_owner": premises.owner,
        "new_premises_owner": premises.owner,
        "premises_use": premises.use,
        "new_premises_use": premises.use,
        "new_address": premises.address,
        "new_region": premises.region,
        "premises_registered_area": premises.area,
        "building_unit_number": premises.unit_number,
        "building_name": premises.address.split("市", 1)[-1].rsplit("幢", 1)[0] + "幢",
        "premises_storeys": "1" if premises.storeys == 1 else "1-2",
        "building_storeys": premises.storeys,
        "fire_sprinklers": premises.storeys > 4 or happens(building, 0.4),  # noqa: PLR2004
        "building_height": round(premises.storeys * 3.6 + 1, 1),
        "building_structure": building.choice("2334"),
        "fire_acceptance_number": f"浙建消验字〔{building.randrange(2010, AS_OF.year)}〕第{digits(building, 4)}号",
    }


def facts_of(enterprise: Enterprise, today: date) -> Facts:
    """Collect every fact; what the enterprise's story tells overrules the dice."""
    dice = dice_of(f"facts of {enterprise.credit_code}")
    return {
        **_registered(enterprise, dice),
        **_premises(enterprise, dice, today),
        **_taxes(enterprise, dice),
        **_insurance(enterprise, dice, today),
        **_trade(enterprise, dice),
    } | enterprise.told


def _registered(one: Enterprise, dice: Random) -> Facts:
    county = divisions.division(one.premises.region)
    head = one.representative
    return {
        "credit_code": one.credit_code,
        "name": one.name,
        "enterprise_type": dice.choice(("159", "173", "173", "173")),
        "industry": one.trade.industry,
        "business_scope": one.trade.scope,
        "registered_capital": float(dice.choice((10, 50, 100, 200, 500, 1000))),
        "established_on": one.established_on.isoformat(),
        "term_until": None if happens(dice, 0.6) else "2049-12-31",  # most have no end
        "registration_authority": f"{county.name if county else ''}市场监督管理局",
        "registration_status": "1",
        "abnormal_listed": happens(dice, 0.03),
        "dishonest_listed": happens(dice, 0.005),
        "shares_frozen": happens(dice, 0.02),
        "has_branches": happens(dice, 0.08),
        "investments_held": happens(dice, 0.06),
        "licence_issued_on": one.established_on.isoformat(),
        "phone": mobile(dice),
        "email": f"office@{one.credit_code[8:17].lower()}.example",
        "contact_name": surname(dice) + given_name(dice, FEMALE, 1990),
        "contact_phone": mobile(dice),
        "employees": one.employees,
        "seal_number": one.premises.region + digits(dice, 7),
        "seal_maker": f"{county.name if county else ''}公章刻制服务部",
        "seal_made_on": (one.established_on + timedelta(days=3)).isoformat(),
        "representative_name": head.name if head else None,
    }


def _premises(one: Enterprise, dice: Random, today: date) -> Facts:
    owned = happens(dice, 0.25)
    facts: Facts = {
        "registered_address": one.premises.address,
        "premises_address": one.premises.address,
        "premises_region": one.premises.region,
        "premises_tenure": "1" if owned else "2",
        "property_number": one.premises.property_number,
        "postcode": f"3{one.premises.region[3:6]}00",
    }
    if not owned:
        facts["lease_filing_number"] = f"ZL{one.premises.region}{digits(dice, 8)}"
        facts["lease_until"] = (today + timedelta(days=dice.randrange(60, 1500))).isoformat()
    return facts


def _taxes(one: Enterprise, dice: Random) -> Facts:
    county = divisions.division(one.premises.region)
    return {
        "taxpayer_type": "2" if one.employees < 10 else "1",  # noqa: PLR2004
        "tax_authority": f"国家税务总局{county.name if county else ''}税务局",
        "tax_arrears": round(dice.uniform(200, 9_000), 2) if happens(dice, 0.05) else 0.0,
        "invoices_held": dice.choice((0, 0, 5, 12)),
        "tax_credit_grade": dice.choice("AABBBMC"),
        "finance_name": surname(dice) + given_name(dice, FEMALE, 1986),
        "finance_phone": mobile(dice),
        "bank_name": f"{dice.choice(BANKS)}{county.name if county else ''}支行",
        "bank_account_number": digits(dice, 19),
        "basic_account_number": f"J{digits(dice, 13)}",
    }


def _insurance(one: Enterprise, dice: Random, today: date) -> Facts:
    last_month = today.replace(day=1) - timedelta(days=1)
    facts: Facts = {"social_insurance_open": one.employees > 2, "housing_fund_open": one.employees > 4}  # noqa: PLR2004
    if facts["social_insurance_open"]:
        facts["social_insurance_number"] = digits(dice, 10)
        facts["insured_employees"] = one.employees
        facts["social_insurance_arrears"] = 0.0 if happens(dice, 0.95) else round(dice.uniform(300, 8_000), 2)
    if facts["housing_fund_open"]:
        facts["housing_fund_number"] = digits(dice, 9)
        facts["housing_fund_employees"] = one.employees
        facts["housing_fund_paid_until"] = f"{last_month:%Y-%m}"
    return facts


def _trade(one: Enterprise, dice: Random) -> Facts:
    exports = one.trade.industry in EXPORTING and happens(dice, 0.7)
    holds = one.caters and happens(dice, 0.8)
    facts: Facts = {"customs_registered": exports, "holds_food_licence": holds}
    if exports:
        facts |= {"customs_code": f"33{digits(dice, 8)}", "customs_business": "1", "customs_arrears": 0}
    if holds:
        facts["held_food_licence_number"] = f"JY2{digits(dice, 13)}"
    if one.chain_brand:
        facts |= {
            "chain_brand": one.chain_brand,
            "chain_licence_number": f"JY2{digits(dice, 13)}",
            "chain_layout_approved": True,
            "trademark_number": digits(dice, 8),
            "trademark_owner": one.name,
        }
    return facts
