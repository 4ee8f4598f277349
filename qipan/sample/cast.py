"""The cast of the demo: residents with a story each, the same in every province that is ever seeded.

They live among the others and their enterprises among the other enterprises; their facts come from the same dice, except
those that the story tells.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from qipan.adapters import divisions
from qipan.core.elements import Value
from qipan.sample.dice import dice_of
from qipan.sample.enterprises import RESTAURANT, TRADES, Enterprise, Enterprises
from qipan.sample.families import Families, place_name
from qipan.sample.identifiers import mobile
from qipan.sample.people import (
    AT_HOME,
    DIVORCED,
    EMPLOYED,
    FEMALE,
    MALE,
    RETIRED,
    WIDOWED,
    Delivery,
    Home,
    Household,
    Resident,
    bear,
    marry,
)

TRADING = next(each for each in TRADES if each.ending == "贸易有限公司")
SOFTWARE = next(each for each in TRADES if each.ending == "信息技术有限公司")
MOVED_IN = date(2021, 3, 18)


class CastMember(NamedTuple):
    """A sample resident to sign in as; ``event`` is the life event that suits the story, empty where none does."""

    id_number: str
    name: str
    phone: str
    story_zh: str
    story_en: str
    event: str


class Story(NamedTuple):
    """What a member is there to show; a name in braces becomes the identity number that the form will ask for."""

    event: str
    zh: str
    en: str


STORIES: Mapping[str, Story] = {
    "林晓雯": Story(
        "newborn",
        "杭州的妈妈，已婚，夫妻都是本地户口，九天前生下第一个女儿。",
        "A mother in Hangzhou, married, both of them local; her first daughter was born nine days ago.",
    ),
    "周雨桐": Story(
        "newborn",
        "未婚妈妈，孩子的父亲许嘉宁（{许嘉宁}）愿意登记在出生医学证明上。",
        "An unmarried mother; the child's father 许嘉宁 ({许嘉宁}) is willing to be entered in the birth certificate.",
    ),
    "沈静怡": Story(
        "newborn",
        "单亲妈妈，离异，出生医学证明上只登记母亲。",
        "A single mother, divorced; only she is entered in the birth certificate.",
    ),
    "王雅芳": Story(
        "newborn",
        "妈妈是余杭人，丈夫的户口在安徽合肥。",
        "A mother from Yuhang whose husband is registered in Hefei, Anhui, another province.",
    ),
    "吴佳敏": Story(
        "newborn",
        "二孩妈妈，大女儿四岁，这次生了儿子。",
        "A mother of two: her elder daughter is four, and now she has a son.",
    ),
    "郑海涛": Story(
        "open_restaurant",
        "刚领了营业执照，要在西湖区开一家 320 平方米的餐馆，自己兼任食品安全员；也可以委托员工李梦瑶（{李梦瑶}）替企业办。",
        "With a new business licence in hand, he opens a restaurant of 320 square metres in Xihu, himself the food-safety officer; or he "
        "appoints his employee 李梦瑶 ({李梦瑶}) to act for the enterprise.",
    ),
    "李梦瑶": Story(
        "",
        "郑海涛餐馆的员工：他委托以后，替企业办事，看不到别的企业。",
        "Works at 郑海涛's restaurant: once he appoints her she acts for the enterprise, and sees no other.",
    ),
    "方建国": Story(
        "retirement",
        "绍兴的工厂工人，下个月到法定退休年龄，有住房公积金；可以把退休委托给女儿方小雨（{方小雨}）。",
        "A factory worker in Shaoxing who reaches the statutory age next month and has a housing fund; he can leave his retirement to his "
        "daughter 方小雨 ({方小雨}).",
    ),
    "方小雨": Story(
        "",
        "方建国的女儿，在杭州工作：父亲委托以后，替他办退休。",
        "方建国's daughter, who works in Hangzhou: once he asks her she handles his retirement.",
    ),
    "蒋明": Story(
        "school_enrolment",
        "儿子蒋思远六岁，明年秋天上小学，住自己的房子，户口在学区里。",
        "His son 蒋思远 is six and starts school next autumn; they own their home and are registered in its district.",
    ),
    "刘志强": Story(
        "school_enrolment",
        "江西来杭务工，有居住证，租房住，女儿刘梓涵要在余杭上小学。",
        "He came from Jiangxi to work, holds a residence permit and rents a home; his daughter 刘梓涵 will go to school in Yuhang.",
    ),
    "董国强": Story(
        "enterprise_change",
        "宁波一家外贸公司的法定代表人，公司要改名为“宁波海纳源贸易有限公司”。",
        "The legal representative of a trading company in Ningbo that changes its name to 宁波海纳源贸易有限公司.",
    ),
    "潘丽华": Story(
        "deregistration",
        "义乌一家小公司的法定代表人，债务已清，要注销公司。",
        "The legal representative of a small company in Yiwu with no debts left, which she closes down.",
    ),
    "骆春兰": Story(
        "disabled_services",
        "一年前车祸后截肢，没有工作，家里吃低保，第一次申领残疾人证，想配轮椅。",
        "She lost a leg in an accident a year ago, has no work and lives on the minimum allowance: her first disability card, and a wheelchair.",
    ),
    "徐德福": Story(
        "",
        "丽水山村的八十二岁老人，独居，适合看看长辈版和村干部代办。",
        "An old man of 82 alone in a mountain village of Lishui: try the larger type, and a clerk who applies for him.",
    ),
}
NEW_NAME = "宁波海纳源贸易有限公司"  # declared and reserved for 董国强's company


@dataclass(frozen=True, slots=True)
class Troupe:
    """The cast with their families, by name, and with their enterprises."""

    members: tuple[Resident, ...]
    families: tuple[Resident, ...]
    enterprises: tuple[Enterprise, ...]

    def cast(self) -> tuple[CastMember, ...]:
        """Introduce the members in the order of their stories."""
        numbers = {each.name: each.id_number for each in self.families}
        return tuple(_introduce(each, STORIES[each.name], numbers) for each in self.members)


def _introduce(one: Resident, story: Story, numbers: Mapping[str, str]) -> CastMember:
    told = (story.zh.format_map(numbers), story.en.format_map(numbers))
    return CastMember(one.id_number, one.name, one.phone, *told, story.event)


def gather(families: Families, enterprises: Enterprises) -> Troupe:
    """Bring the cast together; called before any family is drawn, so that their numbers never change."""
    stage = _Stage(families)
    stage.mothers()
    stage.old_and_young()
    founded = tuple(_found(stage, enterprises))
    members = tuple(stage.people[name] for name in STORIES)
    others = tuple(each for each in stage.everyone if each not in members)
    return Troupe(members, (*members, *others), founded)


class _Stage:
    """Puts people in their places."""

    def __init__(self, families: Families) -> None:
        self._families = families
        self.everyone: list[Resident] = []

    @property
    def people(self) -> Mapping[str, Resident]:
        return {each.name: each for each in self.everyone}

    def mothers(self) -> None:
        lin_home = _home("330106007001", "文三路108号3幢2单元501室")
        lin = self._person("林晓雯", FEMALE, date(1996, 3, 15), lin_home)
        chen = self._person("陈立", MALE, date(1994, 8, 2), lin_home)
        chen.household = lin.household = _household(lin_home, "陈立", "016020118")
        marry(chen, lin, date(2022, 5, 20))
        _delivered(lin, Delivery(9, FEMALE, 1, 120387))

        zhou = self._person(
            "周雨桐",
            FEMALE,
            date(1998, 11, 23),
            _home("330106005051", "翠苑路26号5幢1单元302室", owned=False),
        )
        self._person(
            "许嘉宁", MALE, date(1997, 4, 9), _home("330106004053", "学院路77号2幢2单元602室", owned=False)
        )
        _delivered(zhou, Delivery(12, MALE, 1, 120402))

        shen = self._person(
            "沈静怡", FEMALE, date(1991, 6, 30), _home("330106009001", "留和路318号11幢1单元1101室")
        )
        shen.marital_status = DIVORCED
        _delivered(shen, Delivery(15, FEMALE, 1, 120415))

        wang_home = _home("330110012001", "良睦路999号8幢2单元803室", owned=False)
        wang = self._person("王雅芳", FEMALE, date(1993, 9, 12), wang_home)
        husband = self._person(
            "赵刚", MALE, date(1992, 1, 25), wang_home, _elsewhere("340102"), born_at="340102"
        )
        marry(husband, wang, date(2020, 10, 1))
        _delivered(wang, Delivery(7, MALE, 1, 120433))

        wu_home = _home("330106002052", "保俶路51号4幢1单元401室")
        wu = self._person("吴佳敏", FEMALE, date(1990, 12, 5), wu_home)
        sun = self._person("孙磊", MALE, date(1988, 2, 17), wu_home)
        sun.household = wu.household = _household(wu_home, "孙磊", "016020336")
        marry(sun, wu, date(2018, 6, 18))
        bear(self._person("孙一宁", FEMALE, date(2022, 7, 8), wu_home, wu.household), wu, sun)
        _delivered(wu, Delivery(11, MALE, 2, 120451))

    def old_and_young(self) -> None:
        fang_home = _home("330602001008", "鲁迅中路186号2幢1单元301室")
        fang = self._person("方建国", MALE, date(1966, 7, 20), fang_home)
        wife = self._person("何秀兰", FEMALE, date(1968, 5, 3), fang_home)
        wife.household = fang.household
        wife.employment = RETIRED
        marry(fang, wife, date(1990, 5, 1))
        fang.told = FANG
        bear(
            self._person(
                "方小雨", FEMALE, date(1994, 9, 11), _home("330106004053", "学院路28号2幢1单元603室")
            ),
            wife,
            fang,
        )

        jiang_home = _home("330106008001", "南山路202号6幢2单元202室")
        jiang = self._person("蒋明", MALE, date(1989, 10, 10), jiang_home)
        qian = self._person("钱文静", FEMALE, date(1990, 4, 27), jiang_home, jiang.household)
        marry(jiang, qian, date(2016, 9, 9))
        son = self._person("蒋思远", MALE, date(2020, 10, 6), jiang_home, jiang.household)
        bear(son, qian, jiang)

        liu_home = _home("330110012002", "文一西路1818号1幢1单元1203室", owned=False)
        elsewhere = _elsewhere("361102")
        liu = self._person("刘志强", MALE, date(1988, 3, 3), liu_home, elsewhere, born_at="361102")
        li = self._person("李春燕", FEMALE, date(1990, 8, 15), liu_home, elsewhere, born_at="361102")
        marry(liu, li, date(2015, 2, 10))
        daughter = self._person("刘梓涵", FEMALE, date(2021, 1, 19), liu_home, elsewhere, born_at="361102")
        bear(daughter, li, liu)
        son.told = daughter.told = {"vaccination_complete": True}
        liu.told = {
            "holds_residence_permit": True,
            "residence_permit_number": "330110202103180042",
            "residence_permit_until": "2027-03-17",
        }

        luo = self._person(
            "骆春兰", FEMALE, date(1975, 4, 22), _home("330106004055", "文二路52号4幢1单元103室")
        )
        luo.marital_status, luo.employment = DIVORCED, AT_HOME
        luo.told = {
            "aid_category": "2",
            "disability_certificate_number": None,
            "disability_category": None,
            "disability_grade": None,
        }

        old = self._person("徐德福", MALE, date(1944, 2, 2), _home("331102007200", "武村18号"))
        old.marital_status, old.employment = WIDOWED, RETIRED

    def owner(self, name: str, sex: str, birth: date, home: Home) -> Resident:
        """Bring in somebody who leads an enterprise, or works there."""
        return self._person(name, sex, birth, home)

    def _person(
        self,
        name: str,
        sex: str,
        birth: date,
        home: Home,
        household: Household | None = None,
        *,
        born_at: str = "",
    ) -> Resident:
        registered = household or _household(home, name, f"{home.region[3:6]}{birth:%m%d}01")
        number = self._families.numbers.number(born_at or home.region, birth, sex)
        made = Resident(number, name, sex, birth, registered, home)
        if made.age >= 18:  # noqa: PLR2004
            made.phone, made.employment = mobile(dice_of(f"phone of {name}")), EMPLOYED
        self.everyone.append(made)
        return made


FANG: dict[str, Value | None] = {
    "work_start_date": "1986-08-01",
    "pension_months": 412,
    "deemed_months": 36,
    "worker_identity": "2",
    "special_work_months": 0,
    "medical_insurance_kind": "310",
    "medical_months": 298,
    "has_housing_fund": True,
    "fund_account": "330602004718",
    "fund_region": "330600",
    "fund_status": "1",
    "fund_balance": 128_460.35,
    "fund_loan_balance": 0.0,
    "incapacity_conclusion_number": None,
    "one_child_certificate_number": "浙独330602871",
}
CLEAN: dict[str, Value | None] = {
    "enterprise_type": "173",
    "registration_status": "1",
    "abnormal_listed": False,
    "dishonest_listed": False,
    "shares_frozen": False,
    "has_branches": False,
    "investments_held": False,
    "tax_arrears": 0.0,
    "invoices_held": 0,
    "social_insurance_arrears": 0.0,
}


def _found(stage: _Stage, enterprises: Enterprises) -> list[Enterprise]:
    """Found the cast's enterprises: one to open, one to change, one to close."""
    zheng = stage.owner("郑海涛", MALE, date(1985, 5, 28), _home("330106002051", "曙光路33号7幢1单元201室"))
    zheng.told = {
        "food_safety_assessment_number": "SPAQ33010620260917",
        "health_certificate_number": "JK3301062026118",
    }
    shop = enterprises.enterprise(RESTAURANT, "330106", "杭州湖畔鲜餐饮有限公司")
    shop.premises = shop.premises._replace(area=320.0, storeys=4)
    shop.established_on = date(2026, 11, 2)
    shop.told = CLEAN | {
        "holds_food_licence": False,
        "held_food_licence_number": None,
        "premises_tenure": "2",
    }

    dong = stage.owner("董国强", MALE, date(1979, 1, 11), _home("330212005001", "四明中路700号9幢2单元902室"))
    trader = enterprises.enterprise(TRADING, "330212", "宁波海纳贸易有限公司")
    trader.employees = 45
    trader.told = CLEAN | {
        "customs_registered": True,
        "customs_code": "3302960K18",
        "customs_business": "1",
        "customs_arrears": 0,
    }

    pan = stage.owner("潘丽华", FEMALE, date(1982, 7, 7), _home("330782001001", "江滨北路12号3幢1单元601室"))
    closing = enterprises.enterprise(SOFTWARE, "330782", "义乌青禾信息技术有限公司")
    closing.employees = 8
    closing.told = dict(CLEAN)
    stage.owner(
        "李梦瑶", FEMALE, date(1996, 2, 14), _home("330106004055", "文二路391号5幢2单元401室", owned=False)
    )
    for owner, enterprise in ((zheng, shop), (dong, trader), (pan, closing)):
        enterprise.representative = owner
    return [shop, trader, closing]


def _home(village: str, street: str, *, owned: bool = True) -> Home:
    county = divisions.full_name(village[:6]).removeprefix("浙江省")
    digits = dice_of(street).randrange(10**6, 10**7)
    certificate = f"浙({MOVED_IN.year}){county}不动产权第{digits}号" if owned else ""
    return Home(village, place_name(village) + street, owned, MOVED_IN, certificate)


def _household(home: Home, head: str, number: str) -> Household:
    return Household(home.region[:9], home.address, number, head)


def _elsewhere(county: str) -> Household:
    return Household(county, f"{divisions.full_name(county)}长江路88号2幢1单元501室", "", "")


def _delivered(mother: Resident, delivery: Delivery) -> None:
    mother.delivery = delivery
