"""Names of invented people: surnames as frequent as they are, given names as their year and sex make likely.

The shares of surnames follow the published order of the commonest in the country, rounded; the rest of the population
shares rarer ones. Which characters parents chose changed with the decades, and so it does here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

SURNAMES: Mapping[str, float] = {
    "王": 72, "李": 70, "张": 66, "刘": 51, "陈": 46, "杨": 32, "黄": 23, "赵": 22, "吴": 20, "周": 20,
    "徐": 15, "孙": 15, "马": 13, "朱": 13, "胡": 12, "郭": 11, "何": 11, "林": 11, "高": 10, "罗": 10,
    "郑": 9.5, "梁": 9, "谢": 8, "宋": 8, "唐": 7, "许": 7, "韩": 7, "邓": 6.5, "冯": 6.5, "曹": 6,
    "彭": 6, "曾": 6, "肖": 6, "田": 5.5, "董": 5.5, "潘": 5, "袁": 5, "蔡": 5, "蒋": 5, "余": 5,
    "于": 5, "杜": 4.5, "叶": 4.5, "程": 4.5, "魏": 4.5, "苏": 4.5, "吕": 4.5, "丁": 4.5, "任": 4, "卢": 4,
    "姚": 4, "沈": 4, "钟": 4, "姜": 4, "崔": 4, "谭": 4, "陆": 4, "范": 3.5, "汪": 3.5, "廖": 3.5,
    "石": 3.5, "金": 3.5, "韦": 3, "贾": 3, "夏": 3, "付": 3, "方": 3, "邹": 3, "熊": 3, "白": 3,
    "孟": 3, "秦": 3, "邱": 3, "侯": 2.5, "江": 2.5, "尹": 2.5, "薛": 2.5, "闫": 2.5, "段": 2.5, "雷": 2.5,
    "龙": 2, "黎": 2, "史": 2, "陶": 2, "贺": 2, "毛": 2, "郝": 2, "顾": 2, "龚": 2, "邵": 2,
    "万": 2, "钱": 2, "严": 1.8, "洪": 1.8, "莫": 1.5, "施": 1.5, "翁": 1.2, "阮": 1, "柳": 1, "章": 1,
    "季": 0.9, "俞": 0.9, "倪": 0.9, "戚": 0.6, "褚": 0.4, "乐": 0.4, "欧阳": 0.8, "上官": 0.1, "诸葛": 0.1,
    "司马": 0.1,
}  # fmt: skip
"""Surname → its share in thousandths of all people, roughly."""

GIVEN: Mapping[tuple[str, int], str] = {
    ("male", 1930): "德福贵宝根生祥兴财荣发昌顺义仁忠良金山林泉松寿庆长永",
    ("male", 1950): "建国军民明华强志卫东平安红胜利文武忠良林海山成永新光",
    ("male", 1970): "伟勇军刚强斌涛峰波辉杰华明建志海鹏飞亮超民平国庆文",
    ("male", 1985): "伟磊鹏超杰浩斌凯宇旭晨阳龙飞翔博俊峰涛健辉威骏晖亮",
    ("male", 2000): "子浩宇轩泽俊杰博文梓睿晨天佑嘉铭皓然逸辰奕凡昊哲瑞",
    ("female", 1930): "秀英桂兰珍玉凤芳莲香金素月翠淑琴妹娣巧云菊荷珠银",
    ("female", 1950): "秀英玉兰桂芳珍凤淑华丽敏红梅霞萍琴云燕珠芬惠月美",
    ("female", 1970): "丽敏静燕红霞娟艳芳萍玲莉华梅英慧琳蓉洁琼颖晓春云",
    ("female", 1985): "静婷娜雪丹倩欣莹晶佳慧婧琳璐悦蕾洁颖思晓蓉薇妍文",
    ("female", 2000): "子涵欣怡梓萱诗雨佳琪思嘉悦心妍可馨语彤若依雅婷宁",
}
"""Sex and the year from which it holds → the characters, the commonest first."""

SINGLE_SHARE: Mapping[int, float] = {1930: 0.08, 1950: 0.1, 1970: 0.45, 1985: 0.3, 2000: 0.06}
"""Share of given names of one character, by the year from which it holds."""

HOMOPHONES: Sequence[str] = (
    "伟炜玮纬", "静婧靖", "晓小筱", "明铭鸣", "华桦骅", "丽莉俐", "敏闽", "燕艳雁", "红宏洪虹", "霞夏", "娟涓",
    "玲铃灵", "萍平苹", "芳方", "英瑛莹", "慧惠卉", "洁杰捷", "强蔷", "军君俊骏", "勇永咏", "涛韬", "峰锋枫丰",
    "波博", "辉晖", "建健剑", "志智治", "海", "飞菲", "亮良", "超", "国", "文雯", "磊蕾", "鹏朋", "浩皓昊", "宇雨语羽",
    "旭序", "晨辰宸", "阳洋杨", "翔祥", "子梓紫", "轩萱暄", "泽则", "睿瑞锐", "嘉佳家", "奕逸怡依", "欣鑫馨心新",
    "涵晗含", "思斯", "琪奇祺", "诗师", "悦月越", "妍研岩", "彤桐", "雅娅", "婷廷", "宁柠", "秀绣", "桂贵", "兰岚蓝",
    "珍真贞", "玉育", "凤奉", "淑书", "琴勤芹", "云芸", "金今", "德得", "福富", "生声", "荣容蓉", "兴星", "忠中钟",
    "成诚程", "林琳霖", "山珊", "东冬", "民敏", "春椿", "梅玫", "美", "娜那", "雪", "丹单", "倩茜", "颖影",
    "薇微", "章张", "余于俞", "付傅", "肖萧", "闫严颜", "吴武", "徐许", "陆路", "姜江蒋", "魏卫", "汪王",
)  # fmt: skip
"""Characters that sound alike and that a clerk who listens may write for one another."""

LOOK_ALIKES: Sequence[str] = (
    "晓浇", "洁浩", "妹姝", "玲铃", "娟捐", "洋样", "杨扬", "陈阵", "王玉", "刘浏", "未末", "江汪", "林材", "冯马",
    "丽而", "波泼", "峰蜂", "涛铸", "伟传", "华毕", "明朋", "敏敬", "建健", "志忘", "勇恿", "佳住", "宇字", "晨晟",
    "兰三", "桂挂", "秀季", "珍诊", "莉利", "娜哪", "丹舟", "莹萤", "梓样", "泽择", "博搏", "睿壑", "子孑", "德徳",
)  # fmt: skip
"""Pairs that look alike and are typed or scanned for one another."""

TRADITIONAL: Mapping[str, str] = dict(
    zip(
        "张刘陈杨黄赵吴孙马罗郑谢许韩邓冯肖蒋叶苏吕卢钟谭陆韦贾邹闫龙贺顾龚万钱严阳东军国华卫红丽静燕艳兰凤琼莹颖"
        "伟强涛辉刚鹏飞亮杰晓云英庆发财贵宝义长兴荣顺寿银莲琴玉泽语诗萧铃骏晖轩铭凯龙",
        "張劉陳楊黃趙吳孫馬羅鄭謝許韓鄧馮肖蔣葉蘇呂盧鍾譚陸韋賈鄒閆龍賀顧龔萬錢嚴陽東軍國華衛紅麗靜燕艷蘭鳳瓊瑩穎"
        "偉強濤輝剛鵬飛亮傑曉雲英慶發財貴寶義長興榮順壽銀蓮琴玉澤語詩蕭鈴駿暉軒銘凱龍",
        strict=True,
    )
)
"""Simplified → traditional, of the characters above that differ."""


def spread(shares: Mapping[str, float], size: int = 4096) -> tuple[str, ...]:
    """A table in which each key stands as often as its share wants, so that one draw picks one."""
    whole = sum(shares.values())
    table: list[str] = []
    for key, share in shares.items():
        table += [key] * max(1, round(size * share / whole))
    return tuple(table)


_SURNAMES = spread(SURNAMES)
_ERAS = (1930, 1950, 1970, 1985, 2000)
_GIVEN = {
    key: spread({character: 1 / (3 + place) for place, character in enumerate(characters)}, 512)
    for key, characters in GIVEN.items()
}


def surname(chance: Random) -> str:
    return _SURNAMES[int(chance.random() * len(_SURNAMES))]


def given_name(sex: str, year: int, chance: Random) -> str:
    """One or two characters that parents of the year may have chosen."""
    era = next((start for start in reversed(_ERAS) if year >= start), _ERAS[0])
    table = _GIVEN[sex, era]
    first = table[int(chance.random() * len(table))]
    if chance.random() < SINGLE_SHARE[era]:
        return first
    return first + table[int(chance.random() * len(table))]


def _others(groups: Sequence[str]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for group in groups:
        for character in group:
            found[character] = found.get(character, "") + group.replace(character, "")
    return found


_HOMOPHONES = _others(HOMOPHONES)
_LOOK_ALIKES = _others(LOOK_ALIKES)


def homophone(name: str, chance: Random) -> str:
    """The name with one character replaced by one that sounds the same; unchanged where the tables know none."""
    return _replaced(name, _HOMOPHONES, chance)


def look_alike(name: str, chance: Random) -> str:
    """The name with one character replaced by one that looks like it; unchanged where the tables know none."""
    return _replaced(name, _LOOK_ALIKES, chance)


def traditional(name: str) -> str:
    """The name as it is written in traditional characters."""
    return "".join(TRADITIONAL.get(character, character) for character in name)


def _replaced(name: str, others: Mapping[str, str], chance: Random) -> str:
    places = [place for place, character in enumerate(name) if others.get(character)]
    if not places:
        return name
    place = places[int(chance.random() * len(places))]
    choices = others[name[place]]
    return name[:place] + choices[int(chance.random() * len(choices))] + name[place + 1 :]
