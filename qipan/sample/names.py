"""Names for synthetic people, enterprises and places: plausible, and drawn by dice."""

from random import Random

# By their frequency in the province, roughly.
SURNAMES = "陈王张李周吴沈徐朱胡章金郑林叶俞黄杨何潘方董蒋赵余汪钱洪施卢楼郭姚孙戴孔邵马刘包谢许姜冯骆倪丁严葛赖夏梁傅蔡褚"
WEIGHTS = tuple(len(SURNAMES) + 8 - place for place in range(len(SURNAMES)))
ELDERS, GROWN, YOUNG = 1966, 1996, 2100  # born before
GIVEN = {
    (
        "1",
        ELDERS,
    ): "建国 志强 国华 德福 永康 水根 金龙 阿土 福根 荣生 明德 关林 家宝 文忠 兴法 树根 伯良 传宝 正荣 炳坤",
    (
        "2",
        ELDERS,
    ): "桂英 秀兰 玉珍 彩凤 月娥 惠芬 阿香 素珍 雪梅 杏花 金花 爱珠 菊仙 美娟 水娟 凤英 根娣 小妹 春兰 银花",
    (
        "1",
        GROWN,
    ): "立 伟 军 磊 海涛 国强 晓东 文斌 志远 建峰 宏亮 俊杰 旭东 剑锋 凯 鹏飞 勇 浩 立群 益民 新宇 佳伟 翔 一鸣",
    (
        "2",
        GROWN,
    ): "芳 敏 静怡 雅芳 丽华 佳敏 晓燕 慧 海燕 文静 婷婷 丹 思思 云霞 琳 雪 倩 莉莉 亚男 春燕 红梅 璐 佩佩 颖",
    (
        "1",
        YOUNG,
    ): "子轩 宇辰 浩然 思远 梓睿 嘉宁 沐阳 一诺 奕辰 泽宇 俊熙 皓宇 睿 天佑 梓豪 景行 明哲 亦凡 书恒 承泽",
    (
        "2",
        YOUNG,
    ): "梓涵 雨桐 欣怡 诗涵 若曦 语嫣 可馨 一宁 子衿 沐瑶 芷若 思彤 佳怡 晨曦 艺涵 念安 书瑶 清悦 雨泽 知夏",
}
GIVEN_NAMES = {group: tuple(names.split()) for group, names in GIVEN.items()}
ROADS = [
    "文三",
    "中山",
    "解放",
    "人民",
    "湖滨",
    "学院",
    "江南",
    "环城",
    "新华",
    "迎宾",
    "滨江",
    "延安",
    "建设",
    "和平",
    "朝阳",
    "双溪",
    "绿荫",
    "振兴",
    "稻香",
    "梅园",
]
TRADE = [
    "云溪",
    "瑞丰",
    "汇源",
    "百川",
    "宏远",
    "东澜",
    "嘉禾",
    "海纳",
    "禾木",
    "锦程",
    "澜山",
    "浙青",
    "一禾",
    "启明",
    "松涛",
    "逸川",
    "众合",
    "恒泽",
    "青禾",
    "知远",
    "四方",
    "九里",
    "竹海",
    "清源",
]
TRADE_ENDS = ["兴", "达", "盛", "和", "安", "泰", "诚", "信", "隆", "益", "佳", "辰", "元", "美", "源"]


def surname(dice: Random) -> str:
    """Draw a family name."""
    return dice.choices(SURNAMES, WEIGHTS)[0]


def given_name(dice: Random, sex: str, born: int) -> str:
    """Draw a given name as people born in that year have."""
    age = next(before for before in (ELDERS, GROWN, YOUNG) if born < before)
    return dice.choice(GIVEN_NAMES[sex, age])


def street_address(dice: Random) -> str:
    """Draw a road, a house and a flat: 文三路108号3幢2单元501室."""
    road, house = dice.choice(ROADS), dice.randrange(1, 999)
    flat = f"{dice.randrange(1, 19)}0{dice.randrange(1, 5)}"
    return f"{road}路{house}号{dice.randrange(1, 20)}幢{dice.randrange(1, 5)}单元{flat}室"


def trade_name(dice: Random) -> str:
    """Draw what an enterprise calls itself: 云溪盛."""
    return dice.choice(TRADE) + dice.choice(TRADE_ENDS)
